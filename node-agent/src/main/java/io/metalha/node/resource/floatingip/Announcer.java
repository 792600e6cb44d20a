// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import io.metalha.node.linux.NetworkLink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells the neighbours at once, twice more soon, then slowly for as long as the address is here. Any thread. */
final class Announcer {
    private static final List<Duration> QUICK = List.of(Duration.ofMillis(100), Duration.ofMillis(200));
    private static final Duration SLOW = Duration.ofSeconds(10);

    private final FloatingIpSettings settings;
    private @Nullable Thread repeating;
    private @Nullable Neighbours current;

    Announcer(FloatingIpSettings settings) {
        this.settings = settings;
    }

    /** The first announcement is out when this returns. */
    synchronized void begin(NetworkLink link) throws IOException {
        end();
        if (!link.ethernet()) {
            return;
        }
        Neighbours neighbours = Neighbours.of(settings.address(), link);
        neighbours.announce();
        repeat(neighbours);
    }

    /** From the beginning, for a link that was down. */
    synchronized void again() {
        Neighbours neighbours = current;
        if (neighbours != null) {
            end();
            announceQuietly(neighbours);
            repeat(neighbours);
        }
    }

    private void repeat(Neighbours neighbours) {
        current = neighbours;
        repeating = Thread.ofVirtual().name("announce-" + settings.text()).start(() -> keepOn(neighbours));
    }

    synchronized void end() {
        if (repeating != null) {
            repeating.interrupt();
            repeating = null;
            current = null;
        }
    }

    private static void keepOn(Neighbours neighbours) {
        try {
            for (Duration pause : QUICK) {
                Thread.sleep(pause);
                announceQuietly(neighbours);
            }
            while (true) {
                Thread.sleep(SLOW);
                announceQuietly(neighbours);
            }
        } catch (InterruptedException _) {
            // The address is going; the thread ends.
        }
    }

    private static void announceQuietly(Neighbours neighbours) {
        try {
            neighbours.announce();
        } catch (IOException _) {
            // A link that is down now may be up at the next turn; the address monitor reports it meanwhile.
        }
    }
}
