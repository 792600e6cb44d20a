// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A way to make a block device of a mirror's NBD socket. One thread at a time; idempotent. */
public interface Attachment {
    /** The name shown in {@code attach=}. */
    String name();

    /** Does ahead of time what a promotion need not wait for. */
    default void prepare() throws IOException {}

    /** The block device's path. */
    Path attach() throws IOException;

    /** Whether a mounted file system or the like has the device. */
    boolean isInUse() throws IOException;

    /** Takes the device away in order; nobody may be using it. */
    void detach() throws IOException;

    /** Takes it away for good from whoever still has it open: what they hold never reaches a later attachment. */
    void sever() throws IOException;

    /** Kernel nbd where the kernel has it, else FUSE and loop. */
    static Attachment choose(Path directory, String mirror, Path socket) {
        boolean kernel = Files.exists(Path.of("/sys/module/nbd")) && Files.exists(Path.of("/dev/nbd0"));
        return kernel ? new KernelNbd(socket) : new FuseLoop(directory, mirror, socket);
    }
}
