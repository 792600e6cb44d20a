// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A failover group: resources that move together, in order. */
@Group("metalha.io")
@Version("v1alpha1")
@ShortNames("cg")
@ValidationRule(value = "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$')", message = Sentences.NAME)
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Active", jsonPath = ".status.active")
@AdditionalPrinterColumn(name = "Standby", jsonPath = ".status.standbyNodes")
@AdditionalPrinterColumn(name = "Mirror", jsonPath = ".status.mirror")
@AdditionalPrinterColumn(
        name = "Last Failover",
        jsonPath = ".status.lastFailover",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Paused", jsonPath = ".spec.paused", type = AdditionalPrinterColumn.Type.BOOLEAN)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.reason", priority = 1)
@AdditionalPrinterColumn(name = "Outage", jsonPath = ".status.outage", priority = 1)
@AdditionalPrinterColumn(name = "Epoch", jsonPath = ".status.epoch", priority = 1)
@AdditionalPrinterColumn(name = "Address", jsonPath = ".status.address", priority = 1)
public class ClusterGroup extends CustomResource<ClusterGroupSpec, ClusterGroupStatus> implements Namespaced {
    private static final long serialVersionUID = 1;
}
