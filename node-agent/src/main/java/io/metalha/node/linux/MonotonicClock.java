// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import io.metalha.node.core.MonotonicTime;

/** CLOCK_MONOTONIC_RAW of this host. The only clock that decides anything (safety rule 4). */
public interface MonotonicClock {
    /** Nanoseconds; never goes back during a boot. */
    long nanos();

    default MonotonicTime now() {
        return new MonotonicTime(nanos());
    }
}
