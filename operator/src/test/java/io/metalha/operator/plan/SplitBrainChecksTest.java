// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.Member;
import io.metalha.operator.plan.OperationChecks.Verdict;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SplitBrainChecksTest {
    private static final Member RUNS = member("server2", "Active", "SplitBrain", 4096);
    private static final Member LOSER = member("server1", "Standby", "SplitBrain", 8192);

    private static Member member(String node, String role, String connection, long apart) {
        return Given.member("""
                {node: %s, role: %s, ready: false, epoch: '6.2',
                 mirrors: [{name: data, disk: UpToDate, connection: %s, outOfSyncBytes: %d}]}
                """.formatted(node, role, connection, apart));
    }

    private static Verdict check(String keep, Member... members) {
        return SplitBrainChecks.check(new GroupView(Given.facts(Given.group("db"), Set.of(), members)), keep);
    }

    @Test
    void theRunningCopyIsKeptAndTheSizeOfEachSidesDifferenceIsTold() {
        String what = assertInstanceOf(Verdict.Accept.class, check("server2", RUNS, LOSER))
                .what();
        assertTrue(what.contains("server2 keeps its copy (4096 bytes") && what.contains("server1 (8192 bytes"), what);
    }

    @Test
    void anotherThanTheRunningCopyMustRunFirst() {
        String why = assertInstanceOf(Verdict.Refuse.class, check("server1", RUNS, LOSER))
                .why();
        assertTrue(why.contains("it runs on server2; stop it, then use ForceTakeover on server1"), why);
    }

    @Test
    void isRefusedWithoutASplitBrain() {
        assertInstanceOf(Verdict.Refuse.class, check("server2", RUNS, member("server1", "Standby", "Connected", 0)));
    }

    @Test
    void aSplitBrainShowsAsDiverged() {
        assertTrue(MirrorWord.of(LOSER.mirrors().getFirst()) == MirrorWord.DIVERGED);
    }
}
