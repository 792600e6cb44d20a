// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.group.Event;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/** What a group's monitors last found, for status. */
final class MonitorStates {
    private final TreeMap<String, MonitorState> states = new TreeMap<>();

    record MonitorState(boolean ok, Instant since, String lastError) {}

    void heard(Event.MonitorResult result, Instant wall) {
        MonitorState before = states.get(result.monitor());
        Instant since = before != null && before.ok() == result.ok() ? before.since() : wall;
        String error = result.ok() ? (before == null ? "" : before.lastError()) : wall + " " + result.reason();
        states.put(result.monitor(), new MonitorState(result.ok(), since, error));
    }

    Optional<MonitorState> of(String monitor) {
        return Optional.ofNullable(states.get(monitor));
    }
}
