// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import io.metalha.node.core.Epoch;
import java.util.UUID;

/**
 * What a mirror tells the other side of itself when they meet.
 *
 * @param attach  random, made at each start of the serving process: another one means that unflushed writes may be lost
 * @param primary whether it is Primary now, under {@code epoch}
 * @param dirty   whether its bitmap marks any block
 */
public record PeerView(
        UUID data,
        UUID copy,
        long sizeBytes,
        DiskState disk,
        Generations generations,
        boolean primary,
        Epoch epoch,
        long attach,
        boolean dirty) {
    public static PeerView of(Superblock mine, boolean primary, long attach, boolean dirty) {
        return new PeerView(
                mine.data(),
                mine.copy(),
                mine.sizeBytes(),
                mine.disk(),
                mine.generations(),
                primary,
                mine.epoch(),
                attach,
                dirty);
    }

    public PeerView withRole(boolean nowPrimary, Epoch nowEpoch, Generations now) {
        return new PeerView(data, copy, sizeBytes, disk, now, nowPrimary, nowEpoch, attach, dirty);
    }

    public PeerView withDisk(DiskState next, Generations nextGenerations, UUID nextData, boolean nextDirty) {
        return new PeerView(nextData, copy, sizeBytes, next, nextGenerations, primary, epoch, attach, nextDirty);
    }
}
