// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.Member;
import io.metalha.operator.plan.OperationChecks.Verdict;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForceChecksTest {
    private static final Member STALE = Given.member("""
            {node: server2, role: Standby, ready: false, epoch: '5.1', mirrors: [{name: data, disk: Outdated}]}
            """);

    private static Verdict check(Set<String> silent, Member... members) {
        return ForceChecks.check(new GroupView(Given.facts(Given.group("db"), silent, members)), "server2");
    }

    private static String refusal(Verdict verdict) {
        return assertInstanceOf(Verdict.Refuse.class, verdict).why();
    }

    @Test
    void takesAStaleCopyWhenNobodyElseCanStart() {
        var accept =
                assertInstanceOf(Verdict.Accept.class, check(Set.of("server1"), Given.active("server1", "5.1"), STALE));
        assertEquals("server2", accept.target());
    }

    @Test
    void isRefusedBesideARunningGroup() {
        String why = refusal(check(Set.of(), Given.active("server1", "5.1"), STALE));
        assertTrue(why.contains("runs on server1"), why);
    }

    @Test
    void isRefusedWhileAGoodCopyCanBeStarted() {
        String why = refusal(check(Set.of(), Given.standby("server1", "5.1"), STALE));
        assertTrue(why.contains("no force is needed, use Start"), why);
    }

    @Test
    void isRefusedWhereNoAgentWouldHearOfIt() {
        String why = refusal(check(Set.of("server1", "server2"), Given.active("server1", "5.1"), STALE));
        assertTrue(why.contains("metalha-agent force-takeover"), why);
    }

    @Test
    void isRefusedForAHalfCopiedDisk() {
        Member half = Given.member("""
                {node: server2, role: Standby, ready: false, mirrors: [{name: data, disk: Inconsistent}]}
                """);
        assertTrue(refusal(check(Set.of(), half)).contains("Inconsistent"));
    }
}
