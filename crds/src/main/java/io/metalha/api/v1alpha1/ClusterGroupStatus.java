// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.metalha.api.v1alpha1.schema.ApiObject;
import io.metalha.api.v1alpha1.schema.ListMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is so. An agent owns its own entry of {@code members}, by server-side apply; the operator owns everything else.
 * The one exception is a member that does not report: the operator sets its role and its states to Unknown, and the
 * agent's next report takes them back.
 */
@ApiObject
public record ClusterGroupStatus(
        @JsonPropertyDescription("The group in at most five plain sentences.") @Size(max = 5)
        List<String> summary,

        @JsonPropertyDescription("The metadata.generation that this status speaks of.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription(
                "The newest generation that the operator found good. Agents act on no newer one than this.")
        @Nullable
        Long acceptedGeneration,

        @JsonPropertyDescription(
                "Ready, Available, Redundant, DataProtected, FencingReady; Reconciling and Stalled are bad when True.")
        @ListMap(key = "type")
        List<Condition> conditions,

        @JsonPropertyDescription("The node that runs the group.") @Nullable
        String active,

        @JsonPropertyDescription("The nodes that can take over now, the next one first.")
        List<String> standby,

        @JsonPropertyDescription("The same as one word, for kubectl get.") @Nullable
        String standbyNodes,

        @JsonPropertyDescription("State of the mirrors together: UpToDate, Resync, Degraded, Diverged, Unknown, None.")
        @Nullable
        String mirror,

        @JsonPropertyDescription("When the last failover began (RFC 3339).") @Nullable
        String lastFailover,

        @JsonPropertyDescription("Why the group is where and how it is, in one word.") @Nullable
        String reason,

        @JsonPropertyDescription("How long the last failover's outage was.") @Nullable
        String outage,

        @JsonPropertyDescription("The fencing token of the present owner, COUNTER.VOTER.") @Nullable
        String epoch,

        @JsonPropertyDescription("The floating IPs.") @Nullable
        String address,

        @JsonPropertyDescription("An entry a node, written by that node's agent.")
        @Size(max = 32)
        @ListMap(key = "node")
        List<Member> members,

        @JsonPropertyDescription("The last ten failovers, the newest first.") @Size(max = 10) @ListMap(key = "id")
        List<FailoverReport> failovers) {
    public ClusterGroupStatus {
        summary = summary == null ? List.of() : List.copyOf(summary);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        standby = standby == null ? List.of() : List.copyOf(standby);
        members = members == null ? List.of() : List.copyOf(members);
        failovers = failovers == null ? List.of() : List.copyOf(failovers);
    }

    /** Nothing but members: what an agent or whoever lays Unknown over them applies. */
    public static ClusterGroupStatus ofMembers(List<Member> members) {
        return new ClusterGroupStatus(
                List.of(), null, null, List.of(), null, List.of(), null, null, null, null, null, null, null, members,
                List.of());
    }

    public ClusterGroupStatus withMembers(List<Member> others) {
        return new ClusterGroupStatus(
                summary,
                observedGeneration,
                acceptedGeneration,
                conditions,
                active,
                standby,
                standbyNodes,
                mirror,
                lastFailover,
                reason,
                outage,
                epoch,
                address,
                others,
                failovers);
    }
}
