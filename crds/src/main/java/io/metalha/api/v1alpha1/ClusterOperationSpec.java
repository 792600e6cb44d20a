// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.metalha.api.v1alpha1.schema.ApiObject;
import org.jspecify.annotations.Nullable;

/** What a person asks for, once. */
@ApiObject
@ValidationRule(value = "self == oldSelf", message = "an operation cannot be changed: create a new ClusterOperation")
@ValidationRule(
        value = "has(self.group) || self.type in ['Drain', 'TestFencing', 'SimulateFailure']",
        message = "this operation is about a group: name it in spec.group")
@ValidationRule(
        value = "has(self.group) || (has(self.cluster) && has(self.node))",
        message = "an operation on a node needs spec.cluster and spec.node")
@ValidationRule(
        value = "!(self.type in ['ForceTakeover', 'ResolveSplitBrain']) || has(self.node)",
        message = "spec.node must name the node whose copy of the data is to be used")
@ValidationRule(
        value = "self.type != 'ForceTakeover' || (has(self.confirm) && has(self.group) && self.confirm == self.group)",
        message =
                "ForceTakeover starts a group from a copy that may lack acknowledged writes: repeat the group's name in"
                        + " spec.confirm")
@ValidationRule(
        value = "!has(self.powerOff) || self.type == 'TestFencing'",
        message = "powerOff belongs to TestFencing: leave it out")
@ValidationRule(
        value = "self.type != 'TestFencing' || (has(self.cluster) && has(self.node) && !has(self.group))",
        message = "TestFencing is about a server: name it in spec.cluster and spec.node, and leave spec.group out")
public record ClusterOperationSpec(
        @JsonPropertyDescription(
                "Move to spec.node or the best standby; Failback to the preferred node; Start, Stop, Restart the group;"
                        + " Drain a node; Resync or Verify a mirror; ForceTakeover with a stale copy; ResolveSplitBrain;"
                        + " TestFencing of spec.node's fence devices; SimulateFailure; Explain: nothing is changed, each node puts its"
                        + " last decisions on the group into status.answers.")
        @Required
        OperationType type,

        @JsonPropertyDescription("The ClusterGroup.") @Pattern(Sentences.LABEL) @Size(min = 1, max = 63) @Nullable
        String group,

        @JsonPropertyDescription("The MetalCluster, where no group is named.")
        @Pattern(Sentences.LABEL)
        @Size(min = 1, max = 63)
        @Nullable
        String cluster,

        @JsonPropertyDescription(
                "The node to move to, to drain, whose copy is to be used, or whose fence devices are to be tested.")
        @Pattern(Sentences.LABEL)
        @Size(min = 1, max = 63)
        @Nullable
        String node,

        @JsonPropertyDescription("For ForceTakeover: the group's name again, typed by whoever takes the risk.")
        @Pattern(Sentences.LABEL)
        @Size(min = 1, max = 63)
        @Nullable
        String confirm,

        @JsonPropertyDescription(
                "TestFencing alone: really power spec.node off, and leave it off. Left out: its devices are asked for the power"
                        + " status, which changes nothing.")
        @Nullable
        Boolean powerOff,

        @JsonPropertyDescription("Why, for the record.") @Size(max = 1024) @Nullable
        String note) {}
