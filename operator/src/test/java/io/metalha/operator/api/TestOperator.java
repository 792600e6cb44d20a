// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.api;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RuntimeInfo;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.metalha.operator.kube.Events;
import io.metalha.operator.kube.StatusWriter;
import io.metalha.operator.reconcile.ClusterReconciler;
import io.metalha.operator.reconcile.GroupMetrics;
import io.metalha.operator.reconcile.GroupReconciler;
import io.metalha.operator.reconcile.LeaseObjects;
import io.metalha.operator.reconcile.NodeObjects;
import io.metalha.operator.reconcile.NodeReconciler;
import io.metalha.operator.reconcile.OperationReconciler;
import io.metalha.operator.reconcile.ReportClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;

/** The reconcilers as the operator runs them, in this JVM and on one namespace. */
final class TestOperator implements AutoCloseable {
    private final Operator operator;

    TestOperator(KubernetesClient client, String namespace) {
        this(client, namespace, InstantSource.system());
    }

    TestOperator(KubernetesClient client, String namespace, InstantSource wall) {
        operator = new Operator(overrider -> overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .checkingCRDAndValidateLocalModel(false));
        var writer = new StatusWriter(client);
        var events = new Events(client);
        var clock = new ReportClock();
        register(
                new ClusterReconciler(writer, new NodeObjects(client), new LeaseObjects(client), events, clock, wall),
                namespace);
        register(
                new GroupReconciler(writer, events, clock, new GroupMetrics(new SimpleMeterRegistry()), wall),
                namespace);
        register(new NodeReconciler(writer, clock, wall), namespace);
        register(new OperationReconciler(writer, wall), namespace);
        operator.start();
    }

    private <P extends io.fabric8.kubernetes.api.model.HasMetadata> void register(
            Reconciler<P> reconciler, String namespace) {
        operator.register(reconciler, overrider -> overrider.settingNamespace(namespace));
    }

    RuntimeInfo runtime() {
        return operator.getRuntimeInfo();
    }

    @Override
    public void close() {
        operator.stop();
    }
}
