// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.MetalCluster;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code describe GROUP|CLUSTER}. */
@Command(
        name = "describe",
        description = "A ClusterGroup or MetalCluster as tables: summary, conditions, members, the last ten failovers.")
final class DescribeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Mixin
    private Connection connection = new Connection();

    @Parameters(paramLabel = "NAME", description = "A ClusterGroup; where there is none of this name, a MetalCluster.")
    private String name = "";

    @Override
    public Integer call() {
        try (KubernetesClient client = connection.open()) {
            String namespace = Connection.namespace(client);
            Page page = Page.ofTerminal();
            ClusterGroup group = client.resources(ClusterGroup.class)
                    .inNamespace(namespace)
                    .withName(name)
                    .get();
            if (group == null) {
                MetalCluster cluster = client.resources(MetalCluster.class)
                        .inNamespace(namespace)
                        .withName(name)
                        .get();
                if (cluster == null) {
                    spec.commandLine()
                            .getErr()
                            .printf(
                                    "kubectl-metalha: there is no ClusterGroup and no MetalCluster %s in namespace %s%n",
                                    name, namespace);
                    return Main.FOUND;
                }
                Description.of(cluster, page);
            } else {
                Description.of(group, page);
            }
            spec.commandLine().getOut().print(page);
            spec.commandLine().getOut().flush();
            return Main.DONE;
        }
    }
}
