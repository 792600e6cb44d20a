// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterOperationStatus;
import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.Member.OperationReport;
import io.metalha.api.v1alpha1.OperationState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status texts of an operation, state by state. */
final class OperationStatus {
    private OperationStatus() {}

    static ClusterOperationStatus pending(OperationFacts facts, String message) {
        return new ClusterOperationStatus(
                OperationState.PENDING,
                null,
                null,
                sentence(message),
                null,
                null,
                null,
                incomplete(facts, message),
                seen(facts));
    }

    static ClusterOperationStatus refused(OperationFacts facts, String message) {
        String now = Times.text(facts.now());
        return new ClusterOperationStatus(
                OperationState.REFUSED,
                null,
                null,
                sentence("Nothing was done: " + message),
                now,
                null,
                now,
                complete(facts, "Refused", message),
                seen(facts));
    }

    /** What was asked for is so already. */
    static ClusterOperationStatus done(OperationFacts facts, @Nullable String epoch, String message) {
        String now = Times.text(facts.now());
        return new ClusterOperationStatus(
                OperationState.SUCCEEDED,
                epoch,
                null,
                sentence(message),
                now,
                now,
                now,
                complete(facts, "Succeeded", message),
                seen(facts));
    }

    static ClusterOperationStatus accepted(
            OperationFacts facts, @Nullable String epoch, @Nullable String target, String message) {
        return new ClusterOperationStatus(
                OperationState.ACCEPTED,
                epoch,
                target,
                sentence(message),
                Times.text(facts.now()),
                null,
                null,
                incomplete(facts, message),
                seen(facts));
    }

    static ClusterOperationStatus reported(
            OperationFacts facts, ClusterOperationStatus before, OperationReport report) {
        String told = report.message() == null ? "no details" : report.message();
        boolean ended = report.state() != OperationState.RUNNING;
        String finished = report.finishedAt() == null ? Times.text(facts.now()) : report.finishedAt();
        return new ClusterOperationStatus(
                report.state(),
                before.epoch(),
                before.target(),
                sentence(told),
                before.acceptedAt(),
                report.startedAt() == null ? before.startedAt() : report.startedAt(),
                ended ? finished : null,
                ended ? complete(facts, Words.of(report.state()), told) : incomplete(facts, told),
                seen(facts));
    }

    static ClusterOperationStatus failed(OperationFacts facts, ClusterOperationStatus before, String message) {
        return new ClusterOperationStatus(
                OperationState.FAILED,
                before.epoch(),
                before.target(),
                sentence(message),
                before.acceptedAt(),
                before.startedAt(),
                Times.text(facts.now()),
                complete(facts, "Failed", message),
                seen(facts));
    }

    private static List<Condition> complete(OperationFacts facts, String reason, String message) {
        return condition(facts, Condition.TRUE, reason, message);
    }

    private static List<Condition> incomplete(OperationFacts facts, String message) {
        return condition(facts, Condition.FALSE, "UnderWay", message);
    }

    private static List<Condition> condition(OperationFacts facts, String status, String reason, String message) {
        var old = facts.operation().getStatus();
        var conditions = new Conditions(old == null ? List.of() : old.conditions(), seen(facts), facts.now());
        conditions.set("Complete", status, reason, sentence(message));
        return conditions.list();
    }

    private static long seen(OperationFacts facts) {
        return facts.operation().getMetadata().getGeneration();
    }

    private static String sentence(String text) {
        String capital = text.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + text.substring(1);
        return capital.endsWith(".") ? capital : capital + ".";
    }
}
