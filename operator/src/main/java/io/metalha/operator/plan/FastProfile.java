// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.api.v1alpha1.MetalClusterStatus.Timing;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.api.v1alpha1.Profile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Profile Fast is in force only while every keeper says that it runs with real-time priority: its leases end after a few hundred
 * milliseconds, which an ordinary thread of a loaded host can be late by, and each such delay would be a takeover without a fault.
 *
 * @param refused machines whose keeper was refused real-time priority
 * @param unknown machines whose keeper has not said yet
 */
record FastProfile(List<String> refused, List<String> unknown) {
    static FastProfile of(MetalClusterSpec spec, List<MetalNode> nodes) {
        if (spec.profile() != Profile.FAST) {
            return new FastProfile(List.of(), List.of());
        }
        Map<String, Boolean> told = told(nodes);
        var refused = new ArrayList<String>();
        var unknown = new ArrayList<String>();
        for (var machines : List.of(spec.nodes(), spec.witnesses())) {
            for (MetalClusterSpec.Machine machine : machines) {
                Boolean realtime = told.get(machine.name());
                if (realtime == null) {
                    unknown.add(machine.name());
                } else if (!realtime) {
                    refused.add(machine.name());
                }
            }
        }
        return new FastProfile(refused, unknown);
    }

    private static Map<String, Boolean> told(List<MetalNode> nodes) {
        var told = new HashMap<String, Boolean>();
        for (MetalNode node : nodes) {
            MetalNodeStatus status = node.getStatus();
            Boolean realtime = status == null || status.keeper() == null
                    ? null
                    : status.keeper().realtime();
            if (realtime != null) {
                told.put(node.getMetadata().getName(), realtime);
            }
        }
        return told;
    }

    List<Problem> check() {
        return refused.isEmpty()
                ? List.of()
                : List.of(new Problem(
                        "NoRealtime",
                        "profile Fast needs keepers with real-time priority, which was refused on %s, so the timers of Normal are in force:"
                                        .formatted(String.join(", ", refused))
                                + " allow it there (LimitRTPRIO of metalha-keeper.service, cpu.rt_runtime_us of its cgroup) or set spec.profile"
                                + " to Normal"));
    }

    /** What may be in force of what the spec asks for. */
    Timing inForce(Timing wanted, @Nullable Timing before) {
        if (refused.isEmpty() && unknown.isEmpty()) {
            return wanted;
        }
        return refused.isEmpty() && before != null ? before : TimingPlan.derive(Profile.NORMAL, null);
    }
}
