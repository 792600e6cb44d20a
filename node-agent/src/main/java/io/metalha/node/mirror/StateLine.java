// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.local.Message;
import io.metalha.node.mirror.data.Resync;
import io.metalha.node.mirror.state.MirrorView;
import io.metalha.node.mirror.state.Superblock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the {@code state} line, and says when there is a new one: at once on change, progress once a second. */
final class StateLine {
    private static final long PROGRESS_NANOS = 1_000_000_000L;

    private final String name;
    private final Device device;
    private @Nullable Shown lastShown;
    private String lastLine = "";
    private long lastNanos = System.nanoTime();

    /** What is told at once when it changes. Compared forty times a second: values, no text. */
    private record Shown(MirrorView view, String attach, String failure) {}

    StateLine(String name, Device device) {
        this.name = name;
        this.device = device;
    }

    /** The line to push, or nothing. */
    List<Message> news(MirrorView view, @Nullable Session session, Copy copy, String failure, String dialProblem) {
        Shown shown = new Shown(view, device.attach(), failure);
        boolean changed = !shown.equals(lastShown);
        if (!changed && System.nanoTime() - lastNanos < PROGRESS_NANOS) {
            return List.of();
        }
        lastNanos = System.nanoTime();
        lastShown = shown;
        Message line = full(view, session, copy, failure, dialProblem);
        String text = line.line();
        if (text.equals(lastLine)) {
            return List.of();
        }
        lastLine = text;
        return List.of(line);
    }

    Message full(MirrorView view, @Nullable Session session, Copy copy, String failure, String dialProblem) {
        Superblock mine = view.superblock();
        Resync resync = session == null ? null : session.resync();
        long outOfSync = copy.data().dirtyBytes();
        int percent = 100;
        if (view.connection() == MirrorView.Connection.SYNC_SOURCE && resync != null) {
            outOfSync = resync.remainingBytes();
            percent = resync.percent();
        }
        String reason = !failure.isEmpty()
                ? failure
                : !view.reason().isEmpty() || view.connection() != MirrorView.Connection.CONNECTING
                        ? view.reason()
                        : dialProblem;
        return Message.of(
                "state",
                "mirror",
                name,
                "role",
                view.primary() ? "Primary" : "Secondary",
                "connection",
                view.connection().shown(),
                "disk",
                failure.isEmpty() ? mine.disk().shown() : "Failed",
                "peerDisk",
                view.peerDisk() == null ? "Unknown" : view.peerDisk().shown(),
                "data",
                mine.data(),
                "copy",
                mine.copy(),
                "peerCopy",
                mine.peerCopy(),
                "generation",
                Long.toHexString(mine.generations().current()),
                "promotable",
                view.promotable() && failure.isEmpty(),
                "copies",
                CopyList.encode(own(mine)),
                "attach",
                device.attach(),
                "outOfSyncBytes",
                outOfSync,
                "totalBytes",
                mine.sizeBytes(),
                "resyncPercent",
                percent,
                "path",
                session == null ? "" : session.link().path(),
                "reason",
                reason);
    }

    /** For {@code want copies=}: while a record request's outcome is unknown, the copy is at either generation. */
    private static List<CopyEntry> own(Superblock mine) {
        List<CopyEntry> own = new ArrayList<>();
        if (mine.isUpToDate()) {
            own.add(mine.entry(true, mine.generations().current()));
            if (mine.proposed() != 0) {
                own.add(mine.entry(true, mine.proposed()));
            }
        } else if (mine.isBlank() && mine.proposed() != 0) {
            own.add(mine.entry(true, mine.proposed()));
        }
        return own;
    }
}
