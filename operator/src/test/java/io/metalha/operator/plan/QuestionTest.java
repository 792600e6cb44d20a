// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationSpec;
import io.metalha.api.v1alpha1.ClusterOperationStatus;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.api.v1alpha1.OperationType;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An Explain waits for nothing, holds up nothing, and does not stay. */
class QuestionTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private final OperationPlanner planner = new OperationPlanner();

    @Test
    void isThroughAtOnceWhateverElseGoesOnAndThoughThereIsNoSuchGroup() {
        ClusterOperation move = operation("a-move", OperationType.MOVE, NOW, OperationState.RUNNING);
        ClusterOperation ask = operation("ask", OperationType.EXPLAIN, NOW, null);
        assertEquals(OperationState.SUCCEEDED, plan(ask, move).state());
    }

    @Test
    void holdsUpNoOther() {
        ClusterOperation ask = operation("ask", OperationType.EXPLAIN, NOW.minusSeconds(10), null);
        ClusterOperation move = operation("move", OperationType.MOVE, NOW, null);
        // There is no such group, which is looked at only after what blocks.
        assertEquals(OperationState.REFUSED, plan(move, ask).state());
    }

    @Test
    void goesAfterFiveMinutesAndNoOtherOperationDoes() {
        Instant old = NOW.minusSeconds(301);
        assertTrue(OperationPlanner.isStale(operation("ask", OperationType.EXPLAIN, old, null), NOW));
        assertFalse(
                OperationPlanner.isStale(operation("ask", OperationType.EXPLAIN, NOW.minusSeconds(299), null), NOW));
        assertFalse(
                OperationPlanner.isStale(operation("move", OperationType.MOVE, old, OperationState.SUCCEEDED), NOW));
    }

    private ClusterOperationStatus plan(ClusterOperation operation, ClusterOperation other) {
        return planner.plan(new OperationFacts(operation, null, null, List.of(), List.of(other), Set.of(), NOW));
    }

    private static ClusterOperation operation(String name, OperationType type, Instant created, OperationState state) {
        var operation = new ClusterOperation();
        operation.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withUid(name)
                .withGeneration(1L)
                .withCreationTimestamp(created.toString())
                .build());
        operation.setSpec(new ClusterOperationSpec(type, "db", null, null, null, null, null));
        if (state != null) {
            operation.setStatus(new ClusterOperationStatus(state, null, null, null, null, null, null, List.of(), 1L));
        }
        return operation;
    }
}
