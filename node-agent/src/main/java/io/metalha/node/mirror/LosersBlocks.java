// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.mirror.disk.SavedBlocks;
import io.metalha.node.mirror.state.BlockSet;
import io.metalha.node.mirror.state.Event;
import io.metalha.node.mirror.state.Superblock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what this side of a split brain has before it gives way to the other: the resync overwrites every block that either
 * side wrote alone, so the bitmaps of both say what is saved. The mirror's lock guards it.
 */
final class LosersBlocks {
    private final String mirror;
    private final Copy copy;
    private final Path folder;
    /** What the peer's bitmap marked when it was last met as the other side of a split brain. */
    private @Nullable BlockSet markedThere;

    LosersBlocks(String mirror, Copy copy, Path folder) {
        this.mirror = mirror;
        this.copy = copy;
        this.folder = folder;
    }

    /** @param marks the peer's bitmap if the two were met in split brain */
    void met(@Nullable BlockSet marks) {
        markedThere = marks;
    }

    /** On a thread of its own: it may be gigabytes, and this side serves nobody. */
    void save(boolean everything, Consumer<Event.Saved> then) {
        BlockSet blocks = new BlockSet(copy.sizeBytes());
        if (everything || markedThere == null) {
            blocks.addRange(0, copy.superblock().sizeBytes());
        } else {
            blocks.addAll(markedThere);
            blocks.addAll(copy.data().markDirty(new BlockSet(0)));
        }
        Superblock of = copy.superblock();
        String mark = String.valueOf(System.currentTimeMillis() / 1000);
        Thread.ofPlatform().daemon().name("mirror-save-" + mirror).start(() -> {
            try {
                Path file = SavedBlocks.save(folder, mirror, mark, of, blocks, copy.backing());
                then.accept(new Event.Saved(true, blocks.bytes() + " bytes of this side are saved in " + file));
            } catch (IOException e) {
                then.accept(new Event.Saved(false, String.valueOf(e.getMessage())));
            }
        });
    }
}
