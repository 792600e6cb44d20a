// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import java.io.IOException;

/** The kernel refused a call. */
public final class KernelException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    KernelException(String call, int errno) {
        super(call + ": " + LibC.message(errno));
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }

    /** The thing is in use (EBUSY). */
    public boolean isBusy() {
        return errno == LibC.EBUSY;
    }

    /** The device, link or address is not there. */
    public boolean isAbsent() {
        return errno == LibC.ENODEV || errno == LibC.ENOENT || errno == LibC.EADDRNOTAVAIL;
    }
}
