// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.FailoverReport;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What Prometheus sees of groups: conditions (1 True, 0 False, -1 Unknown) and the last failover's figures. */
@ApplicationScoped
public class GroupMetrics {
    private final MeterRegistry registry;
    private final Map<String, AtomicReference<Double>> values = new ConcurrentHashMap<>();

    public GroupMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void show(ClusterGroup group, ClusterGroupStatus status) {
        Tags tags = tags(group);
        for (Condition condition : status.conditions()) {
            set("metalha.group.condition", tags.and("condition", condition.type()), valueOf(condition));
        }
        set("metalha.group.standby.nodes", tags, status.standby().size());
        if (!status.failovers().isEmpty()) {
            FailoverReport last = status.failovers().getFirst();
            setMillis("metalha.failover.last.outage.seconds", tags, last.outageMillis());
            setMillis("metalha.failover.last.bound.seconds", tags, last.boundMillis());
        }
    }

    void forget(ClusterGroup group) {
        Tags tags = tags(group);
        registry.getMeters().stream()
                .filter(meter -> meter.getId().getName().startsWith("metalha."))
                .filter(meter -> tags.stream().allMatch(meter.getId().getTags()::contains))
                .forEach(meter -> {
                    registry.remove(meter);
                    values.remove(meter.getId().getName() + meter.getId().getTags());
                });
    }

    private static Tags tags(ClusterGroup group) {
        return Tags.of(
                "namespace",
                group.getMetadata().getNamespace(),
                "group",
                group.getMetadata().getName());
    }

    private static double valueOf(Condition condition) {
        return switch (condition.status()) {
            case Condition.TRUE -> 1;
            case Condition.FALSE -> 0;
            default -> -1;
        };
    }

    private void setMillis(String name, Tags tags, @Nullable Long millis) {
        if (millis != null) {
            set(name, tags, millis / 1000.0);
        }
    }

    private void set(String name, Tags tags, double value) {
        values.computeIfAbsent(name + tags.stream().toList(), _ -> {
                    var cell = new AtomicReference<>(value);
                    Gauge.builder(name, cell, AtomicReference::get).tags(tags).register(registry);
                    return cell;
                })
                .set(value);
    }
}
