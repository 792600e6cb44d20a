// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.MetalCluster;

/** Objects as the API server would show them. */
public final class Lab {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Lab() {}

    public static MetalCluster cluster() {
        return read(MetalCluster.class, """
                {"apiVersion":"metalha.io/v1alpha1","kind":"MetalCluster",
                 "metadata":{"name":"iptv","namespace":"metalha","uid":"11111111-2222-3333-4444-555555555555","generation":1},
                 "spec":{"clusterKeySecret":"key","paths":[{"name":"public"}],
                  "nodes":[{"name":"server1","addresses":{"public":"127.0.0.1"}},
                           {"name":"server2","addresses":{"public":"127.0.0.2"}}],
                  "witnesses":[{"name":"witness","addresses":{"public":"127.0.0.3"}}]},
                 "status":{"acceptedGeneration":1,
                  "voters":{"sequence":1,"highestNumber":3,"voters":[
                   {"name":"server1","number":1,"role":"Node"},{"name":"server2","number":2,"role":"Node"},
                   {"name":"witness","number":3,"role":"Witness"}]}}}
                """);
    }

    /** Two servers, and a Lease in the witness's place. */
    public static MetalCluster leaseCluster() {
        return withLease(cluster(), 1);
    }

    public static MetalCluster withLease(MetalCluster cluster, long generation) {
        ObjectNode json = JSON.valueToTree(cluster);
        ((ObjectNode) json.get("metadata")).put("generation", generation);
        ((ObjectNode) json.get("status")).put("acceptedGeneration", generation);
        ObjectNode spec = (ObjectNode) json.get("spec");
        spec.remove("witnesses");
        spec.putObject("leaseWitness").put("grant", "1s");
        ((ObjectNode) json.at("/status/voters/voters/2"))
                .put("name", "kubernetes-lease")
                .put("role", "Lease");
        return read(MetalCluster.class, json.toString());
    }

    /** With a fence device a server, and no delay. */
    public static MetalCluster fencedCluster() {
        MetalCluster cluster = cluster();
        ObjectNode json = JSON.valueToTree(cluster);
        ObjectNode fencing =
                ((ObjectNode) json.get("spec")).putObject("fencing").put("delay", "0s");
        for (String node : new String[] {"server1", "server2"}) {
            fencing.withArray("devices")
                    .addObject()
                    .put("name", node + "-ipmi")
                    .put("node", node)
                    .put("agent", "fence_ipmilan");
        }
        return read(MetalCluster.class, json.toString());
    }

    /** Two resources, one after the other, and a monitor of the second. */
    public static ClusterGroup group(String name, long generation) {
        return group(name, generation, "server1", "server2");
    }

    /** @param nodes the preferred one first */
    public static ClusterGroup group(String name, long generation, String... nodes) {
        return read(ClusterGroup.class, """
                {"apiVersion":"metalha.io/v1alpha1","kind":"ClusterGroup",
                 "metadata":{"name":"%s","namespace":"metalha","uid":"uid-%s","generation":%d},
                 "spec":{"cluster":"iptv","deletionPolicy":"Stop","placement":{"nodes":["%s"]},
                  "failover":{"restarts":1},
                  "resources":[{"name":"vip","floatingIP":{"address":"198.18.10.50/24"}},
                               {"name":"app","systemd":{"unit":"app.service"}}],
                  "monitors":[{"name":"alive","systemdUnit":{},"interval":"100ms","failures":2}]},
                 "status":{"acceptedGeneration":%d}}
                """.formatted(name, name, generation, String.join("\",\"", nodes), generation));
    }

    /** A mirrored disk before the two resources. */
    public static ClusterGroup mirrored(String name, long generation) {
        ObjectNode json = JSON.valueToTree(group(name, generation));
        ObjectNode disk = ((ArrayNode) json.get("spec").get("resources")).insertObject(0);
        disk.put("name", "data").putObject("mirrorDisk").put("backing", "/dev/vg0/db");
        return read(ClusterGroup.class, json.toString());
    }

    /** Accepted by the operator on epoch 5.2. */
    public static ClusterOperation operation(String type, String group, String node) {
        return read(ClusterOperation.class, """
                {"apiVersion":"metalha.io/v1alpha1","kind":"ClusterOperation",
                 "metadata":{"name":"one","namespace":"metalha","uid":"uid-one","creationTimestamp":"2026-11-25T20:00:00Z",
                  "managedFields":[{"manager":"kubectl-create"}]},
                 "spec":{"type":"%s","group":"%s","node":"%s","confirm":"%s","note":"ticket 4711"},
                 "status":{"state":"Accepted","epoch":"5.2"}}
                """.formatted(type, group, node, group));
    }

    /** The first of the two resources alone. */
    public static ClusterGroup addressOnly(String name, long generation) {
        ClusterGroup group = group(name, generation);
        ObjectNode json = JSON.valueToTree(group);
        ObjectNode spec = (ObjectNode) json.get("spec");
        ((ArrayNode) spec.get("resources")).remove(1);
        spec.putArray("monitors");
        return read(ClusterGroup.class, json.toString());
    }

    static <T> T read(Class<T> type, String json) {
        try {
            return JSON.readValue(json, type);
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
