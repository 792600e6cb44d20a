// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.Fencing;
import io.metalha.api.v1alpha1.FencingReport;
import io.metalha.api.v1alpha1.FencingReport.DeviceCheck;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.api.v1alpha1.MetalClusterSpec.Machine;
import io.metalha.api.v1alpha1.MetalNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The condition FencingReady: whether each server could be powered off by the others now. */
record FencingStanding(String status, String reason, String message) {
    private static final FencingStanding NOT_CONFIGURED = no(
            "NotConfigured",
            "No fence agent is configured. A failed owner is ended by its lease: its addresses, processes and mirror stop"
                    + " before another node starts.");

    /** A check is overdue when one was left out. */
    private static final int CHECKS = 2;

    private static final Duration SLACK = Duration.ofMinutes(5);

    void set(Conditions conditions) {
        conditions.set("FencingReady", status, reason, message);
    }

    private static FencingStanding no(String reason, String message) {
        return new FencingStanding(Condition.FALSE, reason, message);
    }

    /** A group's is its cluster's. */
    static FencingStanding ofGroup(@Nullable MetalCluster cluster) {
        if (cluster == null || cluster.getSpec().fencing() == null || cluster.getStatus() == null) {
            return NOT_CONFIGURED;
        }
        return Conditions.find(cluster.getStatus().conditions(), "FencingReady")
                .map(known -> new FencingStanding(known.status(), known.reason(), known.message()))
                .orElse(NOT_CONFIGURED);
    }

    /** @param silent machines whose agents do not report: what they found last is not known to be so */
    static FencingStanding of(MetalClusterSpec spec, List<MetalNode> nodes, Set<String> silent, Instant now) {
        Fencing fencing = spec.fencing();
        if (fencing == null) {
            return NOT_CONFIGURED;
        }
        List<String> names = spec.nodes().stream().map(Machine::name).toList();
        List<String> without = names.stream()
                .filter(name -> fencing.devices().stream()
                        .noneMatch(device -> device.node().equals(name)))
                .toList();
        if (!without.isEmpty()) {
            return no(
                    "NoDevice",
                    "%s cannot be powered off by another server: add a device to spec.fencing.devices."
                            .formatted(String.join(", ", without)));
        }
        for (Fencing.Device device : fencing.devices()) {
            for (String name : names) {
                if (!name.equals(device.node()) && !silent.contains(name)) {
                    Optional<FencingStanding> fault = fault(device, name, fencing, nodes, now);
                    if (fault.isPresent()) {
                        return fault.get();
                    }
                }
            }
        }
        return new FencingStanding(
                Condition.TRUE,
                "DevicesReachable",
                "Each server's fence devices told the others its power status when last asked, at most %s ago."
                        .formatted(Times.seconds(overdue(fencing).toMillis())));
    }

    private static Optional<FencingStanding> fault(
            Fencing.Device device, String by, Fencing fencing, List<MetalNode> nodes, Instant now) {
        Optional<DeviceCheck> check = nodes.stream()
                .filter(node -> node.getMetadata().getName().equals(by) && node.getStatus() != null)
                .map(node -> node.getStatus().fencing())
                .filter(report -> report != null)
                .map(FencingReport::devices)
                .flatMap(List::stream)
                .filter(one -> one.name().equals(device.name()))
                .findFirst();
        if (check.isEmpty() || check.get().checkedAt() == null) {
            return Optional.of(no(
                    "NotChecked",
                    "%s has not asked %s of %s for its power status yet: it does within a minute; if not, look at metalha-agent there."
                            .formatted(by, device.name(), device.node())));
        }
        if (!check.get().reachable()) {
            return Optional.of(no(
                    "Unreachable",
                    "%s cannot use %s of %s: %s."
                            .formatted(
                                    by,
                                    device.name(),
                                    device.node(),
                                    String.valueOf(check.get().message()))));
        }
        boolean late =
                Duration.between(Instant.parse(check.get().checkedAt()), now).compareTo(overdue(fencing)) > 0;
        return late
                ? Optional.of(no(
                        "CheckOverdue",
                        "%s asked %s of %s last at %s: look at metalha-agent there."
                                .formatted(
                                        by,
                                        device.name(),
                                        device.node(),
                                        check.get().checkedAt())))
                : Optional.empty();
    }

    private static Duration overdue(Fencing fencing) {
        return fencing.checkEvery().multipliedBy(CHECKS).plus(SLACK);
    }
}
