// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.core.GroupId;
import io.metalha.node.core.NodeId;
import io.metalha.node.local.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers on agent.sock, also while no API server can be reached. */
final class Answers {
    private Answers() {}

    /** Lines, the last of which is {@code end}. */
    static List<Message> to(Message question, AgentLoop agent) {
        List<Message> lines = new ArrayList<>();
        switch (question.verb()) {
            case "status" -> status(agent, lines);
            case "explain" -> explain(question, agent, lines);
            default ->
                lines.add(Message.of(
                        "error", "text", "unknown verb " + question.verb() + "; ask status or explain group=NAME"));
        }
        lines.add(Message.of("end", "request", question.find("request").orElse("0")));
        return lines;
    }

    private static void status(AgentLoop agent, List<Message> lines) {
        lines.add(Message.of(
                "node",
                "name",
                agent.self(),
                "keeper",
                agent.keeperUp() ? "up" : "down",
                "mirror",
                agent.mirror().isConnected() ? "up" : "down"));
        for (Map.Entry<NodeId, Peer> peer : agent.view().peers().entrySet()) {
            lines.add(Message.of(
                    "peer",
                    "name",
                    peer.getKey(),
                    "alive",
                    peer.getValue().alive(),
                    "agent",
                    peer.getValue().agentWell(agent.now()) ? "well" : "silent"));
        }
        for (GroupRunner group : agent.groups().values()) {
            lines.add(Message.of(
                    "group",
                    "name",
                    group.id(),
                    "phase",
                    group.machine().phase().word(),
                    "epoch",
                    group.highest(),
                    "generation",
                    String.valueOf(group.spec().getMetadata().getGeneration()),
                    "why",
                    group.decision().why()));
            group.machine()
                    .resources()
                    .forEach((id, state) -> lines.add(Message.of(
                            "resource",
                            "group",
                            group.id(),
                            "name",
                            id,
                            "state",
                            state.is(),
                            "error",
                            state.lastError())));
        }
    }

    private static void explain(Message question, AgentLoop agent, List<Message> lines) {
        agent.groups().values().stream()
                .filter(group -> question.find("group")
                        .map(name -> name.equals(group.id().name()))
                        .orElse(true))
                .forEach(group -> agent.explain(group.id())
                        .forEach(text -> lines.add(Message.of("because", "group", group.id(), "text", text))));
        if (question.find("group")
                .map(GroupId::new)
                .filter(id -> !agent.groups().containsKey(id))
                .isPresent()) {
            lines.add(Message.of("error", "text", "this agent knows no group " + question.get("group")));
        }
    }
}
