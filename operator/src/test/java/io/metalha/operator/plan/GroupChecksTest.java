// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.ClusterGroup;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What one object alone cannot show, each with the sentence that a person reads. */
class GroupChecksTest {
    @Test
    void goodGroupHasNoProblem() {
        assertEquals(List.of(), GroupChecks.check(Given.facts(Given.group("db"))));
    }

    @Test
    void unknownCluster() {
        var facts = new GroupFacts(Given.group("db"), null, List.of(), Set.of(), Given.NOW);
        assertProblem(
                GroupChecks.check(facts),
                "there is no MetalCluster iptv in this namespace: create it, or correct spec.cluster");
    }

    @Test
    void unknownNodeAndWitness() {
        ClusterGroup group =
                Given.group("db", "{name: a, mirrorDisk: {backing: /dev/a, perNode: {server9: {backing: /dev/b}}}}");
        assertProblem(
                GroupChecks.check(Given.facts(group)),
                "server9 is no node of MetalCluster iptv, whose nodes are server1, server2: correct the name, or add the node"
                        + " there");
        ClusterGroup onWitness =
                Given.group("db", "{name: a, mirrorDisk: {backing: /dev/a, perNode: {witness: {backing: /dev/b}}}}");
        assertProblem(
                GroupChecks.check(Given.facts(onWitness)),
                "witness is a witness and runs no groups: name nodes of MetalCluster iptv (server1, server2)");
    }

    @Test
    void addressOfAMachine() {
        assertProblem(
                GroupChecks.check(
                        Given.facts(Given.group("db", "{name: vip, floatingIP: {address: 198.18.10.11/24}}"))),
                "floatingIP 198.18.10.11/24 of resource vip is the own address of server1: choose an address that no machine"
                        + " has");
    }

    @Test
    void dependencies() {
        assertProblem(
                GroupChecks.check(
                        Given.facts(Given.group("db", "{name: a, systemd: {unit: a.service}, dependsOn: [x]}"))),
                "resource a depends on x, which this group does not have: correct the name (there are a)");
        assertProblem(
                GroupChecks.check(
                        Given.facts(Given.group("db", "{name: a, systemd: {unit: a.service}, dependsOn: [a]}"))),
                "resources wait for each other in a circle, a -> a: take one of these names out of dependsOn");
        // The one before in the list counts where dependsOn is left out.
        assertProblem(
                GroupChecks.check(Given.facts(Given.group(
                        "db",
                        "{name: a, systemd: {unit: a.service}, dependsOn: [b]}",
                        "{name: b, systemd: {unit: b.service}}"))),
                "resources wait for each other in a circle, a -> b -> a: take one of these names out of dependsOn");
    }

    @Test
    void filesystemWithoutItsDisk() {
        assertProblem(
                GroupChecks.check(
                        Given.facts(Given.group("db", "{name: files, filesystem: {disk: data, mountPoint: /srv/db}}"))),
                "filesystem files is on disk data, which is no mirrorDisk of this group: name one in filesystem.disk");
    }

    @Test
    void oneAddressInTwoGroupsStaysWithTheOlder() {
        ClusterGroup first = Given.group("a", "{name: vip, floatingIP: {address: 198.18.10.50/24}}");
        ClusterGroup second = Given.group("b", "{name: ip, floatingIP: {address: 198.18.10.50/16}}");
        assertEquals(List.of(), Claims.check(with(first, second)));
        assertProblem(
                Claims.check(with(second, first)),
                "address 198.18.10.50 is used by group a already: choose another one here, or take it out of a");
    }

    /** A change of an older group must not make a running one invalid. */
    @Test
    void whoWasAcceptedKeepsItAgainstAnOlderOneThatComesLater() {
        ClusterGroup running = Given.group("z");
        running.setStatus(new GroupPlanner().plan(Given.facts(running)).status());
        ClusterGroup older = Given.group("a", "{name: vip, floatingIP: {address: 198.18.10.50/24}}");
        older.getMetadata().setCreationTimestamp("2026-11-01T00:00:00Z");
        assertEquals(List.of(), Claims.check(with(running, older)));
        assertEquals(1, Claims.check(with(older, running)).size());
    }

    @Test
    void oneDiskOnlyWhereTheNodesMeet() {
        ClusterGroup first = Given.group("a", "{name: x, mirrorDisk: {backing: /dev/sda1}}");
        ClusterGroup second = Given.group(
                "b", "{name: y, mirrorDisk: {backing: /dev/sdb1, perNode: {server2: {backing: /dev/sda1}}}}");
        assertProblem(
                Claims.check(with(second, first)),
                "disk /dev/sda1 on server2 is used by group a already: choose another one here, or take it out of a");
    }

    private static GroupFacts with(ClusterGroup group, ClusterGroup other) {
        return new GroupFacts(group, Given.cluster(), List.of(other), Set.of(), Given.NOW);
    }

    private static void assertProblem(List<Problem> problems, String sentence) {
        assertTrue(
                problems.stream().anyMatch(problem -> problem.sentence().equals(sentence)),
                () -> "expected: " + sentence + "\nbut got: " + problems);
    }
}
