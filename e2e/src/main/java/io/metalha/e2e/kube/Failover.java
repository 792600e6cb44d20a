// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** An entry of a group's history. */
public record Failover(String id, JsonNode entry) {

    static List<Failover> all(JsonNode status) {
        var found = new ArrayList<Failover>();
        status.path("failovers")
                .forEach(entry -> found.add(new Failover(entry.path("id").asText(), entry)));
        return found;
    }

    public String kind() {
        return entry.path("kind").asText("");
    }

    public String from() {
        return entry.path("from").asText("");
    }

    public String to() {
        return entry.path("to").asText("");
    }

    public String reason() {
        return entry.path("reason").asText("");
    }

    public String message() {
        return entry.path("message").asText("");
    }

    public OptionalLong boundMillis() {
        return entry.path("boundMillis").isNumber()
                ? OptionalLong.of(entry.path("boundMillis").asLong())
                : OptionalLong.empty();
    }

    /** As MetalHA measured it; 0 where it claims none. */
    public long outageMillis() {
        return entry.path("outageMillis").asLong();
    }

    /** What took how long, in order. */
    public Map<String, Long> phases() {
        var phases = new LinkedHashMap<String, Long>();
        entry.path("phases")
                .forEach(phase -> phases.put(
                        phase.path("name").asText(), phase.path("millis").asLong()));
        return phases;
    }

    /** A takeover after a failure, not a move that someone asked for or a way home. */
    public boolean isTakeover() {
        return kind().equals("Takeover");
    }

    @Override
    public String toString() {
        return "%s %s -> %s (%s), %s ms of at most %s ms"
                .formatted(
                        kind(),
                        from(),
                        to(),
                        reason(),
                        entry.path("outageMillis").asText("?"),
                        entry.path("boundMillis").asText("?"));
    }
}
