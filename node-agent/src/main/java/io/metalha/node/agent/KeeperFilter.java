// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.local.LineClient;
import io.metalha.node.local.Message;
import io.metalha.node.resource.ResourceDriver.Outcome;
import io.metalha.node.resource.floatingip.AddressFilter;
import java.time.Duration;
import java.util.function.Supplier;

/** The keeper's lease-timed filter for one group's addresses. */
record KeeperFilter(GroupId group, Supplier<LineClient> keeper) implements AddressFilter {
    @Override
    public Outcome open(String place, Epoch epoch, Duration timeout) {
        return set(place, epoch, "on", timeout);
    }

    @Override
    public Outcome close(String place, Epoch epoch, Duration timeout) {
        return set(place, epoch, "off", timeout);
    }

    @Override
    public Outcome forget(String place, Duration timeout) {
        return set(place, Epoch.NONE, "forget", timeout);
    }

    private Outcome set(String place, Epoch epoch, String state, Duration timeout) {
        Message line = Message.of("address", "group", group, "epoch", epoch, "address", place, "state", state);
        return Requests.outcome(keeper.get(), line, timeout);
    }
}
