// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.core.Epoch;
import io.metalha.node.local.LineClient;
import io.metalha.node.local.Message;
import io.metalha.node.resource.ResourceDriver.Outcome;
import io.metalha.node.resource.ResourceDriver.Probe;
import io.metalha.node.resource.mirrordisk.MirrorPort;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The mirror process for drivers: requests over mirror.sock, and the states that it last told. Any thread. */
final class MirrorClient implements MirrorPort {
    private final Supplier<LineClient> client;
    private final Map<String, Message> states = new ConcurrentHashMap<>();

    MirrorClient(Supplier<LineClient> client) {
        this.client = client;
    }

    void state(Message message) {
        states.put(message.get("mirror"), message);
    }

    void forget() {
        states.clear();
    }

    @Override
    public Outcome promote(String mirror, Epoch epoch, Duration timeout) {
        return Requests.outcome(client.get(), Message.of("promote", "mirror", mirror, "epoch", epoch), timeout);
    }

    @Override
    public Outcome demote(String mirror, boolean hard, Duration timeout) {
        return Requests.outcome(client.get(), Message.of("demote", "mirror", mirror, "hard", hard), timeout);
    }

    @Override
    public Probe state(String mirror) {
        Message state = states.get(mirror);
        if (state == null) {
            return new Probe.Unknown("the mirror process tells nothing of " + mirror);
        }
        boolean attached = !state.find("attach").orElse("-").equals("-");
        if (!state.find("role").orElse("").equals("Primary")) {
            return new Probe.Stopped();
        }
        return attached ? new Probe.Running() : new Probe.Failed(mirror + " is Primary but not attached");
    }
}
