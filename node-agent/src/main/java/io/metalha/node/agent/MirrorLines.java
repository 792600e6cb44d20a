// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.config.Journal;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.NodeId;
import io.metalha.node.local.Message;
import java.time.Duration;

/** What the mirror process says, and what it is told besides a group's own requests. One thread. */
final class MirrorLines {
    private static final Duration RECORDED = Duration.ofSeconds(10);

    private final AgentContext context;
    private final Groups groups;

    MirrorLines(AgentContext context, Groups groups) {
        this.context = context;
        this.groups = groups;
    }

    void connected() {
        context.mirror().send(Message.of("hello"));
    }

    void disconnected(String why) {
        Journal.say("mirror.sock: " + why);
        groups.all().forEach(group -> group.mirrors().forget());
    }

    void said(Message line) {
        switch (line.verb()) {
            case "welcome" -> groups.all().forEach(GroupRunner::configureMirrors);
            case "state" -> {
                String name = line.get("mirror");
                groups.of(groupOf(name))
                        .ifPresent(group -> group.mirrors().state(name.substring(name.indexOf('.') + 1), line));
            }
            case "record" -> relayRecord(line);
            default -> {}
        }
    }

    private static GroupId groupOf(String mirror) {
        return new GroupId(mirror.substring(0, mirror.indexOf('.')));
    }

    /** What the keeper knows of a peer's node. */
    void peer(NodeId node, boolean alive) {
        for (GroupRunner group : groups.all()) {
            if (group.view().policy().nodes().contains(node)) {
                group.mirrors().names().forEach(mirror -> context.mirror()
                        .send(Message.of(
                                "peer", "mirror", MirrorSide.name(group.id().name(), mirror), "alive", alive)));
            }
        }
    }

    /** The mirror may not go on before a majority has it; the holder's epoch says on whose behalf. */
    private void relayRecord(Message line) {
        String id = line.get("id");
        GroupId group = groupOf(line.get("mirror"));
        Epoch epoch =
                groups.of(group).map(runner -> runner.machine().phase().held()).orElse(Epoch.NONE);
        if (epoch.equals(Epoch.NONE)) {
            context.inbox().put(new Fact.Recorded(group, id, false, "the group is not held here"));
            return;
        }
        Message request = Message.of("record", "group", group, "epoch", epoch, "copies", line.get("copies"));
        var _ = context.keeper().request(request, RECORDED).whenComplete((answer, error) -> {
            boolean ok = error == null && answer.getBoolean("ok");
            String reason = error != null
                    ? String.valueOf(error.getMessage())
                    : answer.find("reason").orElse("");
            context.inbox().put(new Fact.Recorded(group, id, ok, reason));
        });
    }

    void recorded(Fact.Recorded e) {
        Journal.say(
                e.group() + ": record " + e.id() + (e.ok() ? " written by a majority" : " not written: " + e.reason()));
        context.mirror()
                .send(Message.of(
                        "answer",
                        "id",
                        e.id(),
                        "ok",
                        e.ok(),
                        "reason",
                        e.reason().isEmpty() ? "-" : e.reason()));
    }
}
