// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.data;

/** Told once when a request is done. */
@FunctionalInterface
public interface Completion {
    int OK = 0;
    /** errno's EIO, as NBD has it. */
    int EIO = 5;

    /** Must not block for long: it may be the thread that hears the peer. */
    void done(int error);

    /** Whether success is an acknowledgement to the application, which only a holder of the lease may give. */
    default boolean needsLease() {
        return true;
    }

    /** For requests of the mirror's own. */
    static Completion internal(Runnable then) {
        return new Completion() {
            @Override
            public void done(int error) {
                then.run();
            }

            @Override
            public boolean needsLease() {
                return false;
            }
        };
    }
}
