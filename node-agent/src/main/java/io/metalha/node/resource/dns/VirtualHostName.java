// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.dns;

import io.metalha.node.core.Epoch;
import io.metalha.node.resource.ResourceDriver;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One host name. Start never waits for the name server: it registers in the background, again and again until it worked,
 * and status says so meanwhile. Nothing is deleted on stop: the next owner replaces what stands there, and until then a
 * name without its service is no worse than none.
 */
public final class VirtualHostName implements ResourceDriver {
    private static final Duration ATTEMPT = Duration.ofSeconds(2);
    private static final Duration PAUSE_FIRST = Duration.ofMillis(250);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(15);

    private final VirtualHostNameSettings settings;
    private @Nullable Thread registering;
    private volatile Optional<String> warning = Optional.empty();
    private boolean started;

    public VirtualHostName(VirtualHostNameSettings settings) {
        this.settings = settings;
    }

    @Override
    public void warmUp() {
        try {
            new Registration(settings, ATTEMPT);
        } catch (IOException | IllegalArgumentException _) {
            // The start says so.
        }
    }

    @Override
    public synchronized Outcome start(Epoch epoch, Duration timeout) {
        if (settings.addresses().isEmpty()) {
            return new Outcome.Failed(
                    "the group has no floatingIP for the name " + settings.name() + " to point to; add one");
        }
        end();
        started = true;
        warning = Optional.of(settings.name() + "." + settings.zone() + " is being registered");
        registering = Thread.ofVirtual().name("register-" + settings.name()).start(() -> register(epoch));
        return new Outcome.Done();
    }

    @Override
    public synchronized Outcome stop(Epoch epoch, boolean hard, Duration timeout) {
        end();
        started = false;
        warning = Optional.empty();
        return new Outcome.Done();
    }

    @Override
    public synchronized Probe probe(Duration timeout) {
        return started ? new Probe.Running() : new Probe.Stopped();
    }

    /** Why the name is not yet what it should be. */
    @Override
    public Optional<String> warning() {
        return warning;
    }

    @Override
    public synchronized void forget() {
        end();
    }

    private void end() {
        if (registering != null) {
            registering.interrupt();
            registering = null;
        }
    }

    private void register(Epoch epoch) {
        Duration pause = PAUSE_FIRST;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                new Registration(settings, ATTEMPT).register(epoch);
                warning = Optional.empty();
                return;
            } catch (IOException | IllegalArgumentException e) {
                warning = Optional.of(settings.name() + "." + settings.zone() + " is not registered at "
                        + settings.server() + " yet: " + e.getMessage());
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException _) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
        }
    }
}
