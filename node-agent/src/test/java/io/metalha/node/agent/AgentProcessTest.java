// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.node.agent.config.ConfigStore;
import io.metalha.node.agent.config.Configuration;
import io.metalha.node.agent.known.GroupNews;
import io.metalha.node.agent.peer.Blob;
import io.metalha.node.core.GroupId;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A group's life on one server, from the agent's start to the group's move. */
class AgentProcessTest extends WholeAgent {
    @Test
    void takesTheLeaseStartsInOrderAndStopsInOrderForAMove() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        assertEquals(List.of("start vip", "start app"), drivers.log);
        assertTrue(keeper.heard("stoplist", "addresses", "198.18.10.50@lo"));
        assertTrue(Files.exists(paths.held("db")));
        assertTrue(keeper.heard("want", "mode", "none"), "it wants nothing more while it holds");
    }

    @Test
    void endsEverythingWhenTheLeaseIsLost() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        keeper.say(Message.of("lost", "group", "db", "epoch", "1.1", "reason", "Expired"));
        until("all is ended", () -> drivers.running.isEmpty() && role() == MemberRole.STANDBY);
        assertFalse(Files.exists(paths.held("db")));
        assertFalse(keeper.heard("release", "group", "db"));
    }

    @Test
    void restartsInPlaceWhatDied() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        drivers.running.remove("app");
        until("it runs again", () -> drivers.running.contains("app") && role() == MemberRole.ACTIVE);
        assertEquals(List.of("start vip", "start app", "start app"), drivers.log);
    }

    @Test
    void disturbsNothingWhenItComesBack() throws IOException {
        configured();
        drivers.running.addAll(List.of("vip", "app"));
        begin(List.of(Message.of("lease", "group", "db", "epoch", "4.1", "copies", "-", "owner", 0)));
        until("it resumes", () -> role() == MemberRole.ACTIVE);
        assertEquals(List.of(), drivers.log);
        assertEquals("4.1", members.get("db").epoch());
    }

    @Test
    void stopsWhatRunsUnheldWhenItBegins() throws IOException {
        configured();
        drivers.running.add("app");
        begin(List.of());
        until("it is stopped", () -> role() == MemberRole.STANDBY);
        assertEquals(List.of("stop app"), drivers.log);
    }

    @Test
    void takesOverWithoutTheColdStartsWaitWhenItCameBackAmongARunningGroup() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.group("db", 1, "server2", "server1")));
        begin(List.of());
        until("the agent wants what it may", () -> keeper.heard("want", "group", "db"));
        member("server2", 2, true);
        var running = new GroupNews(
                GroupNews.keyOf(new GroupId("db").key()),
                GroupNews.Is.RUNNING,
                true,
                false,
                0,
                0,
                GroupNews.MoveKind.NONE,
                0,
                0);
        keeper.say(Message.of("blob", "node", "server2", "data", new Blob(1, List.of(), List.of(running)).encode()));
        until("it is ready to take over", () -> explained().startsWith("Try"));
        member("server2", 2, false);
        until("it knows that server2 is gone", () -> explained().contains("server2 is not heard on any path"));
        assertTrue(explained().startsWith("Try"), explained());
    }

    @Test
    void livesFromItsOwnDiskAndTakesNewerManifestsWithoutRestartingWhatTheyDoNotTouch() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        ClusterGroup next = Lab.group("db", 2);
        inbox.put(new Fact.GroupShown(next));
        until("it acts on generation 2", () -> members.get("db").observedGeneration() == 2);
        inbox.put(new Fact.GroupShown(Lab.group("db", 1)));
        inbox.put(new Fact.GroupGone("db"));
        keeper.say(Message.of("refused", "group", "db", "reason", "NoMajority"));
        until("still active", () -> role() == MemberRole.ACTIVE);
        assertEquals(List.of("start vip", "start app"), drivers.log);
        assertEquals(2, members.get("db").observedGeneration());
    }
}
