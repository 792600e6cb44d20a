// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationStatus;
import io.metalha.api.v1alpha1.Fencing;
import io.metalha.api.v1alpha1.Member.OperationReport;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.api.v1alpha1.OperationType;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.core.NodeId;
import io.metalha.node.fencing.device.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Carries out the TestFencing operations that the operator gave to this server, each once. One thread. */
final class TestFencing {
    /** As many are reported; older ones the operator has read long since. */
    private static final int REPORTS_MAX = 16;

    private final AgentContext context;
    private final Acceptance acceptance;
    private final Consumer<NodeId> demand;
    private final List<Test> waiting = new ArrayList<>();
    private final Map<String, Test> running = new LinkedHashMap<>();
    private final Map<String, OperationReport> reports = new LinkedHashMap<>();

    /** @param told what each device asked has told, in words; open ones are not in it */
    private record Test(
            String uid,
            NodeId node,
            boolean powerOff,
            String startedAt,
            List<String> devices,
            Map<String, String> told,
            List<String> faults) {}

    /** @param demand has a server powered off; answered by {@link #dead} or {@link #failed} */
    TestFencing(AgentContext context, Acceptance acceptance, Consumer<NodeId> demand) {
        this.context = context;
        this.acceptance = acceptance;
        this.demand = demand;
    }

    List<OperationReport> reports() {
        return List.copyOf(reports.values());
    }

    void shown(ClusterOperation operation) {
        ClusterOperationStatus status = operation.getStatus();
        String uid = operation.getMetadata().getUid();
        String node = operation.getSpec().node();
        boolean mine = operation.getSpec().type() == OperationType.TEST_FENCING
                && status != null
                && status.state() == OperationState.ACCEPTED
                && context.self().name().equals(status.target());
        if (mine && node != null && !acceptance.isDone(uid)) {
            acceptance.operationDone(uid);
            boolean powerOff = Boolean.TRUE.equals(operation.getSpec().powerOff());
            waiting.add(new Test(
                    uid, new NodeId(node), powerOff, now(), new ArrayList<>(), new TreeMap<>(), new ArrayList<>()));
        }
    }

    /** @param devices of the other servers */
    void turn(List<Fencing.Device> devices) {
        for (Test test : waiting) {
            List<Fencing.Device> own = devices.stream()
                    .filter(device -> device.node().equals(test.node().name()))
                    .toList();
            if (own.isEmpty()) {
                report(test, OperationState.FAILED, test.node() + " has no fence device that this server knows of");
                continue;
            }
            own.forEach(device -> test.devices().add(device.name()));
            running.put(test.uid(), test);
            String what =
                    test.powerOff() ? "powers " + test.node() + " off" : "asks the fence devices of " + test.node();
            report(test, OperationState.RUNNING, what);
            if (test.powerOff()) {
                demand.accept(test.node());
            } else {
                own.forEach(device -> FencingChecks.ask(context, device));
            }
        }
        waiting.clear();
    }

    void asked(String device, Answer answer) {
        for (Test test : List.copyOf(running.values())) {
            if (!test.powerOff()
                    && test.devices().contains(device)
                    && !test.told().containsKey(device)) {
                take(test, device, answer);
            }
        }
    }

    private void take(Test test, String device, Answer answer) {
        String told =
                switch (answer) {
                    case Answer.On _ -> "the server has power";
                    case Answer.Off _ -> "the server has no power";
                    case Answer.Done _ -> "no power status";
                    case Answer.Failed(var reason) -> reason;
                };
        test.told().put(device, told);
        if (answer instanceof Answer.Failed || answer instanceof Answer.Done) {
            test.faults().add(device);
        }
        if (test.told().size() == test.devices().size()) {
            List<String> words = new ArrayList<>();
            test.told().forEach((name, text) -> words.add(name + ": " + text));
            end(
                    test,
                    test.faults().isEmpty() ? OperationState.SUCCEEDED : OperationState.FAILED,
                    String.join("; ", words));
        }
    }

    void dead(NodeId node, List<String> devices) {
        endOf(
                node,
                OperationState.SUCCEEDED,
                node + " is off, confirmed by " + String.join(" and ", devices)
                        + "; it stays off until you turn it on");
    }

    void failed(NodeId node, List<String> reasons) {
        endOf(node, OperationState.FAILED, "not confirmed: " + String.join("; ", reasons));
    }

    private void endOf(NodeId node, OperationState state, String message) {
        for (Test test : List.copyOf(running.values())) {
            if (test.powerOff() && test.node().equals(node)) {
                end(test, state, message);
            }
        }
    }

    private void end(Test test, OperationState state, String message) {
        running.remove(test.uid());
        report(test, state, message);
    }

    private void report(Test test, OperationState state, String message) {
        boolean ended = state != OperationState.RUNNING;
        reports.put(
                test.uid(), new OperationReport(test.uid(), state, message, test.startedAt(), ended ? now() : null));
        if (reports.size() > REPORTS_MAX) {
            reports.remove(reports.keySet().iterator().next());
        }
        Journal.say("operation " + test.uid() + " TestFencing " + state + ": " + message);
    }

    private String now() {
        return MonotonicWall.text(context.wallNow());
    }
}
