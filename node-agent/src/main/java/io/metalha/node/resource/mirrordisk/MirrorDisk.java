// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.mirrordisk;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.resource.Deadline;
import io.metalha.node.resource.ResourceDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** One mirrored disk: Primary while the group runs here. The mirror process does the work. */
public final class MirrorDisk implements ResourceDriver {
    private static final Path DEVICES = Path.of("/dev/metalha");
    private static final Duration LOOK = Duration.ofMillis(5);

    private final String mirror;
    private final MirrorPort port;

    public MirrorDisk(GroupId group, String resource, MirrorPort port) {
        this.mirror = name(group, resource);
        this.port = port;
    }

    /** {@code group.resource}: the mirror's name on mirror.sock and below /dev/metalha. */
    public static String name(GroupId group, String resource) {
        return group.name() + "." + resource;
    }

    public static Path device(GroupId group, String resource) {
        return DEVICES.resolve(name(group, resource));
    }

    @Override
    public Outcome start(Epoch epoch, Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        return switch (port.promote(mirror, epoch, timeout)) {
            case Outcome.Failed failed -> failed;
            case Outcome.Done _ -> awaitDevice(deadline);
        };
    }

    @Override
    public Outcome stop(Epoch epoch, boolean hard, Duration timeout) {
        return port.demote(mirror, hard, timeout);
    }

    @Override
    public Probe probe(Duration timeout) {
        return port.state(mirror);
    }

    /** The symlink is made by the mirror before it answers; a device node may need udev a moment longer. */
    private Outcome awaitDevice(Deadline deadline) {
        Path device = DEVICES.resolve(mirror);
        try {
            while (!Files.exists(device)) {
                if (deadline.passed()) {
                    return new Outcome.Failed("the mirror is Primary but " + device
                            + " did not appear; see journalctl -u" + " metalha-mirror");
                }
                Thread.sleep(LOOK);
            }
            return new Outcome.Done();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("interrupted while waiting for " + device);
        }
    }
}
