// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A ClusterGroup as the API server shows it now. */
public record Group(String name, JsonNode object) {

    /** One condition. */
    public record Condition(String type, String status, String reason, String message) {
        @Override
        public String toString() {
            return "%s=%s (%s: %s)".formatted(type, status, reason, message);
        }
    }

    public JsonNode status() {
        return object.path("status");
    }

    /** The node that runs the group; empty when none does. */
    public String active() {
        return status().path("active").asText("");
    }

    public String mirror() {
        return status().path("mirror").asText("");
    }

    public List<String> summary() {
        var lines = new ArrayList<String>();
        status().path("summary").forEach(line -> lines.add(line.asText()));
        return lines;
    }

    public Optional<Condition> condition(String type) {
        for (JsonNode node : status().path("conditions")) {
            if (node.path("type").asText().equals(type)) {
                return Optional.of(new Condition(
                        type,
                        node.path("status").asText(),
                        node.path("reason").asText(),
                        node.path("message").asText()));
            }
        }
        return Optional.empty();
    }

    public boolean is(String type) {
        return condition(type).filter(c -> c.status().equals("True")).isPresent();
    }

    public JsonNode member(String node) {
        for (JsonNode member : status().path("members")) {
            if (member.path("node").asText().equals(node)) {
                return member;
            }
        }
        return MissingNode.getInstance();
    }

    /** The history, newest first. */
    public List<Failover> failovers() {
        return Failover.all(status());
    }

    /** The group in one line, for a wait that did not come true. */
    public String brief() {
        var words = new ArrayList<String>();
        words.add("%s active=%s mirror=%s".formatted(name, active().isEmpty() ? "-" : active(), mirror()));
        status().path("conditions")
                .forEach(c -> words.add("%s=%s/%s"
                        .formatted(
                                c.path("type").asText(),
                                c.path("status").asText(),
                                c.path("reason").asText())));
        return String.join(" ", words);
    }
}
