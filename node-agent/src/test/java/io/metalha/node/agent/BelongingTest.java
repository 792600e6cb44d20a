// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.node.agent.config.ConfigStore;
import io.metalha.node.agent.config.Configuration;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the agent leaves alone, ends or gives back when a group comes to a server, leaves it, or is deleted. */
class BelongingTest extends WholeAgent {
    /** A drop-in that forbids a unit's start unheld must not come to a server on which the group never runs. */
    @Test
    void leavesUnitsAloneOnAServerThatThePlacementDoesNotName() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.group("db", 1, "server2")));
        begin(List.of());
        until(
                "what a former placement took over is given back",
                () -> drivers.forgotten.containsAll(Set.of("vip", "app")));
        assertEquals(Set.of(), drivers.warmed);
    }

    /** A unit of that name may be a person's own there. */
    @Test
    void stopsNothingOnAServerThatThePlacementDoesNotNameUntilItDoes() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.group("db", 1, "server2")));
        drivers.running.add("app");
        begin(List.of());
        until("it stands by", () -> role() == MemberRole.STANDBY);
        assertEquals(List.of(), drivers.log);
        inbox.put(new Fact.GroupShown(Lab.group("db", 2, "server2", "server1")));
        until("it is stopped once it belongs here", () -> drivers.log.equals(List.of("stop app")));
    }

    /** The placement was changed while the agent was away. */
    @Test
    void endsWhatItStartedOnAServerThatThePlacementNamesNoMore() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.group("db", 1, "server2")));
        drivers.running.add("app");
        Files.createDirectories(paths.held("db").getParent());
        Files.createFile(paths.held("db"));
        begin(List.of());
        until("it is ended", () -> drivers.log.equals(List.of("kill app")));
    }

    @Test
    void givesBackWhatItTookOverOfAResourceThatIsRemovedAndOfAGroupThatIsDeleted() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        inbox.put(new Fact.GroupShown(Lab.addressOnly("db", 2)));
        until("the resource is forgotten", () -> drivers.forgotten.equals(Set.of("app")));
        assertEquals("stop app", drivers.log.getLast());
        until("the rest runs", () -> role() == MemberRole.ACTIVE);
        ClusterGroup deleted = Lab.addressOnly("db", 2);
        deleted.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
        inbox.put(new Fact.GroupShown(deleted));
        until("it is stopped", () -> role() == MemberRole.STOPPED);
        assertEquals(Set.of("app"), drivers.forgotten, "not before the object is gone");
        inbox.put(new Fact.GroupGone("db"));
        until("the group is forgotten", () -> drivers.forgotten.equals(Set.of("app", "vip")));
        until("it is not begun with again", () -> ConfigStore.read(
                        paths.config(), Configuration.class, Configuration.EMPTY)
                .groups()
                .isEmpty());
    }

    /** Seen: it was begun with as held under the epoch of its former life, could not start, and the server was distrusted for that. */
    @Test
    void aGroupThatIsMadeAgainIsNotTakenForHeldAsItWasBefore() throws IOException {
        configured();
        drivers.running.addAll(List.of("vip", "app"));
        begin(List.of(Message.of("lease", "group", "db", "epoch", "4.1", "copies", "-", "owner", 0)));
        until("it resumes", () -> role() == MemberRole.ACTIVE);
        ClusterGroup deleted = Lab.addressOnly("db", 2);
        deleted.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
        inbox.put(new Fact.GroupShown(Lab.addressOnly("db", 2)));
        inbox.put(new Fact.GroupShown(deleted));
        until("it is stopped", () -> role() == MemberRole.STOPPED);
        inbox.put(new Fact.GroupGone("db"));
        until("its configuration is gone", () -> ConfigStore.read(
                        paths.config(), Configuration.class, Configuration.EMPTY)
                .groups()
                .isEmpty());
        inbox.put(new Fact.GroupShown(Lab.group("db", 1)));
        until("it asks for a lease", () -> keeper.heard("want", "mode", "acquire"));
    }
}
