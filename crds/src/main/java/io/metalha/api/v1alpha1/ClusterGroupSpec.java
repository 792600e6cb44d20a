// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.metalha.api.v1alpha1.schema.ApiObject;
import io.metalha.api.v1alpha1.schema.ListMap;
import io.metalha.api.v1alpha1.schema.Span;
import java.time.Duration;
import java.util.List;

/** What must stay up, where it may run, and what must move with it. */
@ApiObject
@ValidationRule(
        value = "self.cluster == oldSelf.cluster",
        message =
                "cluster cannot be changed: delete the group (deletionPolicy: Stop) and create it in the other cluster")
public record ClusterGroupSpec(
        @JsonPropertyDescription("Name of the MetalCluster, in the same namespace.")
        @Required
        @Pattern(Sentences.LABEL)
        @Size(min = 1, max = 63)
        String cluster,

        @JsonPropertyDescription("Where the group may run.") @Required
        Placement placement,

        @JsonPropertyDescription("What happens after a failure.") @Default("{}")
        Failover failover,

        @JsonPropertyDescription("What happens when a node that stands earlier in the list is good again.")
        @Default("{}")
        Failback failback,

        @JsonPropertyDescription(
                "Refuse: a running group cannot be deleted. Stop: deleting it stops it in order and leaves the data.")
        @Default("Refuse")
        DeletionPolicy deletionPolicy,

        @JsonPropertyDescription(
                "true: nothing is started, stopped or moved by itself, and what runs keeps running. Monitors still report.")
        @Default("false")
        Boolean paused,

        @JsonPropertyDescription("Resources in starting order; stopping goes backwards. Each names exactly one type.")
        @Required
        @Size(min = 1, max = 64)
        @ListMap(key = "name")
        List<Resource> resources,

        @JsonPropertyDescription("Checks of the running group. Each names exactly one type.")
        @Size(max = 64)
        @ListMap(key = "name")
        List<Monitor> monitors) {
    public ClusterGroupSpec {
        failover = failover == null ? Failover.DEFAULT : failover;
        failback = failback == null ? Failback.DEFAULT : failback;
        deletionPolicy = deletionPolicy == null ? DeletionPolicy.REFUSE : deletionPolicy;
        paused = paused != null && paused;
        resources = resources == null ? List.of() : List.copyOf(resources);
        monitors = monitors == null ? List.of() : List.copyOf(monitors);
    }

    /** Where a group may run. */
    @ApiObject
    public record Placement(
            @JsonPropertyDescription("Priority: the first node of the list that can run the group.")
            @Default("Priority")
            PlacementStrategy strategy,

            @JsonPropertyDescription("The nodes that may run the group, the preferred one first.")
            @Required
            @Size(min = 1, max = 32)
            @ValidationRule(
                    value = "self.all(n, self.exists_one(m, m == n))",
                    message = "placement.nodes names a node twice: name each node once, the preferred one first")
            List<@Size(min = 1, max = 63) String> nodes) {
        public Placement {
            strategy = strategy == null ? PlacementStrategy.PRIORITY : strategy;
            nodes = nodes == null ? List.of() : List.copyOf(nodes);
        }
    }

    /** What happens after a failure. */
    @ApiObject
    public record Failover(
            @JsonPropertyDescription("Automatic, or Manual: a person moves the group by a ClusterOperation.")
            @Default("Automatic")
            FailoverMode mode,

            @JsonPropertyDescription("How often a failed resource is restarted in place before the group moves.")
            @Min(0)
            @Max(10)
            @Default("1")
            Integer restarts,

            @JsonPropertyDescription("How often the group may fail over within the window before finalAction.")
            @Min(0)
            @Max(100)
            @Default("2")
            Integer maxFailovers,

            @JsonPropertyDescription("The window in which restarts and failovers are counted.")
            @Span(min = "1m", max = "168h", fallback = "1h")
            Duration within,

            @JsonPropertyDescription(
                    "StopGroup: stop and wait for a person. KeepTrying: go on, slower each time. Losing a node does not count.")
            @Default("StopGroup")
            FinalAction finalAction) {
        static final Failover DEFAULT =
                new Failover(FailoverMode.AUTOMATIC, 1, 2, Duration.ofHours(1), FinalAction.STOP_GROUP);

        public Failover {
            mode = mode == null ? FailoverMode.AUTOMATIC : mode;
            restarts = restarts == null ? 1 : restarts;
            maxFailovers = maxFailovers == null ? 2 : maxFailovers;
            within = within == null ? Duration.ofHours(1) : within;
            finalAction = finalAction == null ? FinalAction.STOP_GROUP : finalAction;
        }
    }

    /** What happens when a preferred node is good again. */
    @ApiObject
    public record Failback(
            @JsonPropertyDescription(
                    "Manual: by a ClusterOperation of type Failback. Automatic: by itself, never before UpToDate.")
            @Default("Manual")
            FailbackMode mode,

            @JsonPropertyDescription("How long the preferred node must have been good without a break.")
            @Span(max = "168h", fallback = "60s")
            Duration delay) {
        static final Failback DEFAULT = new Failback(FailbackMode.MANUAL, Duration.ofSeconds(60));

        public Failback {
            mode = mode == null ? FailbackMode.MANUAL : mode;
            delay = delay == null ? Duration.ofSeconds(60) : delay;
        }
    }
}
