// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.node.agent.config.ConfigStore;
import io.metalha.node.agent.config.Configuration;
import io.metalha.node.local.LineServer;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What only a person decides: to start from a stale copy, and which side of a split brain gives way. */
class PersonsWordTest extends WholeAgent {
    @Test
    void startsFromAStaleCopyOnlyOnAPersonsWordAgainstTheRecord() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.mirrored("db", 1)));
        List<Message> mirror = new CopyOnWriteArrayList<>();
        try (LineServer server = LineServer.listen(paths.mirrorSocket(), (_, line) -> mirror.add(line))) {
            begin(List.of());
            until("the mirror is configured", () -> !mirror.isEmpty());
            inbox.put(new Fact.MirrorSaid(mirrorState("Connecting", "Outdated")));
            until("it stands by", () -> role() == MemberRole.STANDBY);
            assertEquals("error", force("iptv").verb());
            assertFalse(keeper.heard("want", "mode", "acquire"));
            assertEquals("told", force("db").verb());
            until("it asks the keeper", () -> keeper.heard("want", "mode", "acquire"));
            assertFalse(keeper.heard("force", "group", "db"), "nobody has told what is in the record yet");
            String good = new UUID(0, 7) + ":" + new UUID(1, 2) + ":uptodate:d2";
            keeper.say(Message.of(
                    "refused", "group", "db", "reason", "StaleCopy", "holder", 0, "epoch", "5.2", "copies", good));
            String accepted = new UUID(0, 7) + ":" + new UUID(1, 1) + ":uptodate:d1";
            until("it is forced", () -> keeper.heard("force", "copies", accepted));
            assertTrue(keeper.heard("force", "epoch", "5.2"));
            granted("6.1", 2);
            until("all runs", () -> role() == MemberRole.ACTIVE);
            until("the mirror knows", () -> mirror.stream()
                    .anyMatch(line -> line.line().equals("force epoch=6.1 mirror=db.data")));
            until(
                    "it is told",
                    () -> !members.get("db").operations().isEmpty()
                            && members.get("db").operations().getFirst().state() == OperationState.SUCCEEDED);
            String told = members.get("db").operations().getFirst().message();
            assertTrue(told.startsWith("force-takeover on this server, asked for by root; "), told);
            assertTrue(
                    failovers().getFirst().message().contains("a person forced the stale copy"), failovers()::toString);
            assertTrue(
                    told.contains("up to date is " + new UUID(1, 2) + " at generation d2 (server2's, not heard"), told);
        }
    }

    @Test
    void asksTheKeeperBeforeAnOperationForcesAndRefusesOnALaterRecord() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.mirrored("db", 1)));
        begin(List.of());
        inbox.put(new Fact.MirrorSaid(mirrorState("Connecting", "Outdated")));
        inbox.put(new Fact.OperationShown(Lab.operation("ForceTakeover", "db", "server2")));
        inbox.put(new Fact.OperationShown(Lab.operation("ForceTakeover", "db", "server1")));
        until("it asks the keeper", () -> keeper.heard("want", "mode", "acquire"));
        String good = new UUID(0, 7) + ":" + new UUID(1, 2) + ":uptodate:d2";
        keeper.say(Message.of(
                "refused", "group", "db", "reason", "StaleCopy", "holder", 0, "epoch", "7.2", "copies", good));
        until("it is refused", () -> operation().state() == OperationState.REFUSED);
        assertTrue(operation().message().contains("(created 2026-11-25T20:00:00Z with kubectl-create): ticket 4711"));
        assertTrue(operation().message().contains("decided on epoch 5.2, the record is of 7.2"), operation()::message);
        assertFalse(keeper.heard("force", "group", "db"));
    }

    @Test
    void hasItsCopiesGiveWayAndTellsWhereTheirBlocksAre() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.mirrored("db", 1)));
        try (LineServer server = LineServer.listen(paths.mirrorSocket(), (to, line) -> {
            if (line.line().contains("yield mirror=db.data")) {
                to.send(Message.of(
                        "yielded", "request", line.get("request"), "ok", true, "reason", "4096 bytes are saved in /x"));
            }
        })) {
            begin(List.of());
            inbox.put(new Fact.MirrorSaid(mirrorState("SplitBrain", "UpToDate")));
            until("it stands by", () -> role() == MemberRole.STANDBY);
            inbox.put(new Fact.OperationShown(Lab.operation("ResolveSplitBrain", "db", "server2")));
            until("it is done", () -> operation().state() == OperationState.SUCCEEDED);
            assertTrue(operation().message().contains("4096 bytes are saved in /x"), operation()::message);
        }
    }

    private Member.OperationReport operation() {
        Member member = members.get("db");
        return member == null || member.operations().isEmpty()
                ? new Member.OperationReport("", OperationState.PENDING, "", null, null)
                : member.operations().getFirst();
    }

    private static Message mirrorState(String connection, String disk) {
        return Message.parse("state mirror=db.data role=Secondary connection=" + connection + " disk=" + disk
                + " peerDisk=Unknown promotable=false generation=d1 data=" + new UUID(0, 7) + " copy=" + new UUID(1, 1)
                + " peerCopy=" + new UUID(1, 2));
    }

    private Message force(String confirm) {
        return asked(Message.of("force-takeover", "group", "db", "confirm", confirm, "user", "root"))
                .getFirst();
    }
}
