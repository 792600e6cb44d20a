// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.Epoch;
import org.jspecify.annotations.Nullable;

/** What a toy disk holds: the chain of writes that made it. Two disks are equal when they hold the same object. */
final class Content {
    static final Content BLANK = new Content(null, Epoch.NONE, 0);

    private final @Nullable Content parent;
    private final Epoch epoch;
    private final int depth;

    private Content(@Nullable Content parent, Epoch epoch, int depth) {
        this.parent = parent;
        this.epoch = epoch;
        this.depth = depth;
    }

    Content write(Epoch writer) {
        return new Content(this, writer, depth + 1);
    }

    /** What was there before the last write. */
    Content before() {
        return parent == null ? this : parent;
    }

    boolean isWrittenOn(Content before) {
        return parent == before;
    }

    /** Whether every write of {@code other} is in here, in its order. */
    boolean holdsAllOf(Content other) {
        Content at = this;
        while (at.depth > other.depth && at.parent != null) {
            at = at.parent;
        }
        return at == other;
    }

    @Override
    public String toString() {
        return depth + "@" + epoch;
    }
}
