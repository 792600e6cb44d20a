// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.known.DecisionJournal;
import io.metalha.node.core.GroupId;
import io.metalha.node.local.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers on agent.sock, also while no API server can be reached. */
final class Answers {
    private final AgentContext context;
    private final Groups groups;
    private final KeeperLines keeper;
    private final Operations operations;
    private final MonotonicWall wall;

    Answers(AgentContext context, Groups groups, KeeperLines keeper, Operations operations) {
        this.operations = operations;
        this.context = context;
        this.groups = groups;
        this.keeper = keeper;
        this.wall = new MonotonicWall(context.clock(), context.wall());
    }

    /** Lines, the last of which is {@code end}. */
    List<Message> to(Message question) {
        List<Message> lines = new ArrayList<>();
        switch (question.verb()) {
            case "status" -> status(lines);
            case "explain" -> explain(question.find("group"), lines);
            case "force-takeover" -> force(question, lines);
            default ->
                lines.add(Message.of(
                        "error", "text", "unknown verb " + question.verb() + "; ask status or explain group=NAME"));
        }
        lines.add(Message.of("end", "request", question.find("request").orElse("0")));
        return lines;
    }

    /** As a ClusterOperation ForceTakeover on this node, from somebody who stands at this server. */
    private void force(Message question, List<Message> lines) {
        String name = question.find("group").orElse("");
        String node = question.find("node")
                .filter(each -> !each.isEmpty())
                .orElse(context.self().name());
        Optional<GroupRunner> group = groups.all().stream()
                .filter(each -> each.id().name().equals(name))
                .findFirst();
        String fault;
        if (!question.find("confirm").orElse("").equals(name)) {
            fault = "force-takeover starts " + name
                    + " from a copy that may lack acknowledged writes; to confirm, repeat its name:" + " --confirm "
                    + name;
        } else if (!node.equals(context.self().name())) {
            fault = "this server is " + context.self() + ": run it on " + node + ", whose copy is to be taken";
        } else if (group.isEmpty()) {
            fault = "this agent knows no group " + name;
        } else {
            fault = operations.forceHere(
                    group.get(),
                    "force-takeover on this server, asked for by "
                            + question.find("user").orElse("an unknown user")
                            + question.find("note")
                                    .filter(note -> !note.isEmpty())
                                    .map(note -> ": " + note)
                                    .orElse(""));
        }
        lines.add(
                fault.isEmpty()
                        ? Message.of(
                                "told",
                                "text",
                                "asked for: " + name + " is tried for a minute with the copy of " + context.self()
                                        + "; watch: metalha-agent explain " + name + "; journalctl -u metalha-agent")
                        : Message.of("error", "text", fault));
    }

    private void status(List<Message> lines) {
        lines.add(Message.of(
                "node",
                "name",
                context.self(),
                "keeper",
                keeper.isUp() ? "up" : "down",
                "mirror",
                context.mirror().isConnected() ? "up" : "down"));
        context.view()
                .peers()
                .forEach((name, peer) -> lines.add(Message.of(
                        "peer",
                        "name",
                        name,
                        "alive",
                        peer.alive(),
                        "agent",
                        peer.agentWell(context.now()) ? "well" : "silent")));
        groups.all().forEach(group -> status(group, lines));
    }

    private static void status(GroupRunner group, List<Message> lines) {
        lines.add(Message.of(
                "group",
                "name",
                group.id(),
                "phase",
                group.machine().phase().word(),
                "epoch",
                group.view().known().highest(),
                "generation",
                String.valueOf(group.view().spec().getMetadata().getGeneration()),
                "why",
                group.deliberation().decision().why()));
        group.machine()
                .resources()
                .forEach((id, state) -> lines.add(Message.of(
                        "resource", "group", group.id(), "name", id, "state", state.is(), "error", state.lastError())));
    }

    private void explain(Optional<String> name, List<Message> lines) {
        groups.all().stream()
                .filter(group -> name.map(group.id().name()::equals).orElse(true))
                .forEach(group -> explain(group, lines));
        name.filter(asked -> groups.of(new GroupId(asked)).isEmpty())
                .ifPresent(asked -> lines.add(Message.of("error", "text", "this agent knows no group " + asked)));
    }

    private void explain(GroupRunner group, List<Message> lines) {
        because(group, group.deliberation().decision().inWords(), lines);
        group.deliberation().decision().rejected().forEach(text -> because(group, text, lines));
        String said = group.view().known().keeperSays();
        because(group, "keeper: " + (said.isEmpty() ? "no refusal" : said), lines);
        group.forcing()
                .ifPresent(force -> because(group, "a person's force: " + force.is() + ": " + force.says(), lines));
        for (DecisionJournal.Entry entry : group.deliberation().journal().entries()) {
            lines.add(Message.of(
                    "decided",
                    "group",
                    group.id(),
                    "first",
                    wall.text(entry.first()),
                    "last",
                    wall.text(entry.last()),
                    "times",
                    entry.times(),
                    "rule",
                    entry.decision().inWords(),
                    "rejected",
                    String.join("; ", entry.decision().rejected()),
                    "seen",
                    String.join("; ", entry.seen())));
        }
    }

    private static void because(GroupRunner group, String text, List<Message> lines) {
        lines.add(Message.of("because", "group", group.id(), "text", text));
    }
}
