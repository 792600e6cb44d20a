// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationSpec;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.api.v1alpha1.OperationType;
import io.metalha.api.v1alpha1.ResourceState;
import io.metalha.node.agent.config.ConfigStore;
import io.metalha.node.agent.config.History;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the agent tells of itself: takeovers and their length, its decisions, what a person should know. */
class ReportsTest extends WholeAgent {
    @Test
    void tellsWhenAndWhyItTookOver() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        member("server2", 2, true);
        member("server2", 2, false);
        granted("5.1", 2);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        until("it is reported", () -> !members.get("db").failovers().isEmpty());
        var report = members.get("db").failovers().getFirst();
        assertEquals("NodeLost", report.reason());
        assertEquals("server2", report.from());
        assertTrue(report.outageMillis() >= 500, report.toString());
        assertTrue(report.boundMillis() >= 1000, report.toString());
    }

    @Test
    void claimsNoOutageForAnOwnerThatItNeverHeard() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("5.1", 2);
        until("it is reported", () -> !failovers().isEmpty());
        var report = failovers().getFirst();
        assertEquals("NodeLost", report.reason());
        assertTrue(report.message().contains("has not been heard since this server began"), report.toString());
        // The clock began with the machine: counted from it, the outage would be as long as this machine is up.
        assertTrue(report.outageMillis() < BOUND.toMillis(), report.toString());
        assertEquals("detect", report.phases().getFirst().name());
        assertEquals(0, report.phases().getFirst().millis());
    }

    @Test
    void countsAFirstStartNotAsFailoverAndForgetsItsLengthAtTheFirstTakeover() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        until("its start is kept", () -> history().startMillis().size() == 1);
        assertEquals(List.of(), history().failovers());
        assertEquals(List.of(), failovers());
        takeAgain("3.1", 1);
        until("its second start is kept", () -> history().startMillis().size() == 2);
        assertEquals(List.of(), history().failovers());
        takeAgain("5.1", 2);
        until("the takeover is kept", () -> history().failovers().size() == 1);
        assertEquals(1, history().startMillis().size(), "only the takeover's own start is a measure");
        takeAgain("7.1", 2);
        until("the next takeover is kept", () -> history().failovers().size() == 2);
        assertEquals(2, history().startMillis().size());
    }

    @Test
    void showsWhatAPersonShouldKnowOfAResourceThatRuns() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        drivers.warnings.put("vip", "it is not registered yet");
        until("it is shown", () -> "it is not registered yet".equals(vip().lastError()));
        assertEquals(ResourceState.RUNNING, vip().state());
        drivers.warnings.clear();
        until("it is over", () -> vip().lastError() == null);
    }

    @Test
    void reportsWhichVoterSetTheKeeperUses() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        keeper.say(Message.of("status", "realtime", "yes", "sequence", 7));
        until(
                "it is reported",
                () -> node.get().keeper() != null
                        && Long.valueOf(7).equals(node.get().keeper().votersSequence()));
    }

    private Member.Part vip() {
        return members.get("db").resources().getFirst();
    }

    @Test
    void explainsItsDecisionsWithWhatTheySaw() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        List<Message> decided = asked(Message.of("explain", "group", "db")).stream()
                .filter(line -> line.verb().equals("decided"))
                .toList();
        assertTrue(decided.getFirst().get("rule").startsWith("Wait: "), decided.toString());
        assertTrue(decided.getLast().get("rule").startsWith("Try: "), decided.toString());
        assertTrue(decided.getLast().get("seen").contains("server2 was never heard"), decided.toString());
        assertEquals("server2 is not heard on any path", decided.getLast().get("rejected"));
    }

    /** Nobody accepted the question: it must be answered without an operator, and beside whatever else goes on. */
    @Test
    void answersAQuestionOfItsOwnClusterOnceWithItsDecisions() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        inbox.put(new Fact.OperationShown(question("others", "another-cluster", "db")));
        inbox.put(new Fact.OperationShown(question("unknown", null, "no-such-group")));
        inbox.put(new Fact.OperationShown(question("ask", null, "db")));
        until("it answers", () -> answers.containsKey("ask"));
        OperationAnswer answer = answers.remove("ask");
        assertEquals("server1", answer.node());
        assertTrue(answer.decisions().getLast().rule().startsWith("Try: "), answer.toString());
        assertTrue(
                answer.decisions().getLast().seen().stream().anyMatch(seen -> seen.contains("server2 was never heard")),
                answer.toString());
        assertEquals("keeper: no refusal", answer.because().getLast());
        assertEquals(
                "the agent of server1 knows no group no-such-group",
                answers.get("unknown").error());
        inbox.put(new Fact.OperationShown(question("ask", null, "db")));
        inbox.put(new Fact.OperationShown(question("ask-again", null, "db")));
        until("it answers the next", () -> answers.containsKey("ask-again"));
        assertFalse(answers.containsKey("ask"), "the same question twice");
        assertFalse(answers.containsKey("others"), "a question to another cluster");
    }

    private static ClusterOperation question(String name, String cluster, String group) {
        var operation = new ClusterOperation();
        operation.getMetadata().setName(name);
        operation.getMetadata().setUid("uid-of-" + name);
        operation.setSpec(new ClusterOperationSpec(OperationType.EXPLAIN, group, cluster, null, null, null, null));
        return operation;
    }

    /** Loses the lease, ends all, and is granted it again after {@code owner}. */
    private void takeAgain(String epoch, int owner) {
        keeper.say(Message.of("lost", "group", "db", "epoch", members.get("db").epoch(), "reason", "Expired"));
        until("all is ended", () -> role() == MemberRole.STANDBY);
        granted(epoch, owner);
        until("all runs again", () -> role() == MemberRole.ACTIVE);
    }

    private History.Entry history() {
        return ConfigStore.read(paths.history(), History.class, History.EMPTY).of("db");
    }
}
