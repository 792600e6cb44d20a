// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationStatus;
import io.metalha.api.v1alpha1.OperationState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperationPlannerTest {
    private final OperationPlanner planner = new OperationPlanner();

    /** It was accepted without an epoch, or told that the group runs nowhere, while the group was about to start. */
    @ParameterizedTest
    @ValueSource(strings = {"Move", "Failback", "Stop", "Restart", "Resync", "Verify"})
    void waitsForTheFirstEpochOfAGroupWhereItActsOnTheOwner(String type) {
        ClusterGroup group = Given.group("db");
        ClusterOperationStatus status = plan(type, group, Given.NOW);
        assertEquals(OperationState.PENDING, status.state());
        assertNull(status.acceptedAt());
        assertTrue(status.message().contains("epoch"), status::message);
        assertEquals(
                OperationState.REFUSED,
                plan(type, group, Given.NOW.plus(Duration.ofMinutes(11))).state());
    }

    @Test
    void isAcceptedOnTheEpochOnceThereIsOne() {
        ClusterGroup group = Given.group("db");
        GroupPlan stands = new GroupPlanner().plan(Given.facts(group, Given.active("server1", "3.1")));
        group.setStatus(stands.status().withMembers(List.of(Given.active("server1", "3.1"))));
        ClusterOperationStatus status = plan("Restart", group, Given.NOW);
        assertEquals(OperationState.ACCEPTED, status.state(), status::message);
        assertEquals("3.1", status.epoch());
    }

    /** What stands still has no owner, and a first start may be what is asked for. */
    @Test
    void startsWhatNeverHadAnEpoch() {
        ClusterGroup group = Given.group("db");
        group.setStatus(ClusterGroupStatus.ofMembers(List.of()));
        assertEquals(OperationState.ACCEPTED, plan("Start", group, Given.NOW).state());
    }

    private ClusterOperationStatus plan(String type, ClusterGroup group, Instant now) {
        ClusterOperation operation =
                Serialization.unmarshal("spec: {type: %s, group: db}".formatted(type), ClusterOperation.class);
        operation.setMetadata(new ObjectMetaBuilder()
                .withName("op")
                .withNamespace("metalha")
                .withUid("uid-of-op")
                .withGeneration(1L)
                .withCreationTimestamp(Given.NOW.toString())
                .build());
        return planner.plan(new OperationFacts(operation, group, null, List.of(), List.of(), Set.of(), now));
    }
}
