// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.kube;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.metalha.node.agent.witness.VoterObject;
import io.metalha.node.witness.Registers;
import io.metalha.node.witness.RegistersText;
import io.metalha.node.witness.Snapshot;
import io.metalha.node.witness.WitnessEffect;
import io.metalha.node.witness.WitnessEvent;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Lease that is a passive voter: read from the API server's store, written by compare-and-swap. Blocks; one thread.
 *
 * <p>The vote is in annotations, because one object has all groups' registers. {@code spec} is what {@code kubectl get lease} shows to people: who wrote last,
 * and when; nothing is decided on it.
 */
public final class LeaseObject implements VoterObject {
    public static final String CLUSTER_UID = "metalha.io/cluster-uid";
    static final String REGISTERS = "metalha.io/registers";
    static final String WRITES = "metalha.io/writes";
    static final String COMPLETE = "metalha.io/complete";

    private final Resource<Lease> resource;
    private final KubernetesClient client;
    private final String holder;
    private final int leaseSeconds;
    private final InstantSource wall;
    private @Nullable Lease last;

    /**
     * @param client its requests end after a fifth of the lease and are not tried again: {@code requestTimeout}, {@code requestRetryBackoffLimit};
     *     closed with this
     * @param holder this server, for people
     */
    public LeaseObject(
            KubernetesClient client, String namespace, String name, String holder, Duration lease, InstantSource wall) {
        this.client = client;
        this.resource = client.leases().inNamespace(namespace).withName(name);
        this.holder = holder;
        this.leaseSeconds = (int) lease.toSeconds();
        this.wall = wall;
    }

    /** A get that names no resourceVersion is answered from etcd by a quorum, not from the API server's cache. */
    @Override
    public WitnessEvent read() {
        try {
            Lease found = resource.get();
            last = found;
            return found == null ? new WitnessEvent.Absent() : new WitnessEvent.Found(snapshot(found));
        } catch (KubernetesClientException | IllegalArgumentException e) {
            return new WitnessEvent.Failed(reason(e));
        }
    }

    /** Everything of the object that is not ours is left as it was read. */
    @Override
    public WitnessEvent write(WitnessEffect.Write write) {
        Lease read = last;
        if (read == null
                || !write.uid().equals(read.getMetadata().getUid())
                || !write.version().equals(read.getMetadata().getResourceVersion())) {
            return new WitnessEvent.Conflict();
        }
        try {
            Lease written = client.resource(changed(read, write.registers())).update();
            last = written;
            return new WitnessEvent.Written(written.getMetadata().getResourceVersion());
        } catch (KubernetesClientException e) {
            // Gone and made again within this moment reads as not found, or as another uid: a conflict as well.
            boolean refused =
                    e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
            return refused ? new WitnessEvent.Conflict() : new WitnessEvent.Failed(reason(e));
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private Lease changed(Lease read, Registers registers) {
        return new LeaseBuilder(read)
                .editMetadata()
                .addToAnnotations(CLUSTER_UID, registers.clusterUid())
                .addToAnnotations(WRITES, Long.toString(registers.writes()))
                .addToAnnotations(COMPLETE, Boolean.toString(registers.complete()))
                .addToAnnotations(REGISTERS, RegistersText.write(registers.byGroup()))
                .endMetadata()
                .withSpec((read.getSpec() == null ? new LeaseSpecBuilder() : new LeaseSpecBuilder(read.getSpec()))
                        .withHolderIdentity(holder)
                        .withLeaseDurationSeconds(leaseSeconds)
                        .withRenewTime(ZonedDateTime.ofInstant(wall.instant(), ZoneOffset.UTC))
                        .build())
                .build();
    }

    private static Snapshot snapshot(Lease lease) {
        Map<String, String> all = lease.getMetadata().getAnnotations();
        Map<String, String> annotations = all == null ? new HashMap<>() : all;
        return new Snapshot(
                lease.getMetadata().getUid(),
                lease.getMetadata().getResourceVersion(),
                new Registers(
                        annotations.getOrDefault(CLUSTER_UID, ""),
                        Long.parseLong(annotations.getOrDefault(WRITES, "0")),
                        Boolean.parseBoolean(annotations.getOrDefault(COMPLETE, "true")),
                        RegistersText.parse(annotations.getOrDefault(REGISTERS, ""))));
    }

    private static String reason(RuntimeException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage());
    }
}
