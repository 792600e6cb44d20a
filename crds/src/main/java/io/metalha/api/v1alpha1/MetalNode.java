// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A server or witness as its agent reports it. Made by the operator from the MetalCluster, and again when deleted. */
@Group("metalha.io")
@Version("v1alpha1")
@ShortNames("mhn")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Role", jsonPath = ".spec.role")
@AdditionalPrinterColumn(name = "Paths", jsonPath = ".status.pathsUp")
@AdditionalPrinterColumn(name = "Version", jsonPath = ".status.versions.agent")
@AdditionalPrinterColumn(name = "Reported", jsonPath = ".status.reportedAt", type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Kernel", jsonPath = ".status.versions.kernel", priority = 1)
public class MetalNode extends CustomResource<MetalNodeSpec, MetalNodeStatus> implements Namespaced {
    private static final long serialVersionUID = 1;
}
