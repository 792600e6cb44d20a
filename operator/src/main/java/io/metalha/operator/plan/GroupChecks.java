// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroupSpec;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterSpec.Machine;
import io.metalha.api.v1alpha1.Monitor;
import io.metalha.api.v1alpha1.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a group's manifest must fulfil beyond its schema, apart from other groups. */
final class GroupChecks {
    private GroupChecks() {}

    static List<Problem> check(GroupFacts facts) {
        ClusterGroupSpec spec = facts.group().getSpec();
        var problems = new ArrayList<Problem>();
        MetalCluster cluster = facts.cluster();
        if (cluster == null) {
            problems.add(new Problem(
                            "ClusterNotFound",
                            "there is no MetalCluster %s in this namespace: create it, or correct spec.cluster"
                                    .formatted(spec.cluster()))
                    .at("spec.cluster"));
        } else {
            checkNodes(spec, cluster, problems);
            checkOwnAddresses(spec, cluster, problems);
        }
        checkDoubles(spec, problems);
        checkReferences(spec, problems);
        checkMonitors(spec, problems);
        Dependencies.findCycle(spec.resources())
                .ifPresent(cycle -> problems.add(new Problem(
                                "DependencyCycle",
                                "resources wait for each other in a circle, %s: take one of these names out of dependsOn"
                                        .formatted(String.join(" -> ", cycle)))
                        .at("spec.resources")));
        return problems;
    }

    private static void checkNodes(ClusterGroupSpec spec, MetalCluster cluster, List<Problem> problems) {
        List<String> known = names(cluster.getSpec().nodes());
        List<String> witnesses = names(cluster.getSpec().witnesses());
        for (String node : mentionedNodes(spec)) {
            if (witnesses.contains(node)) {
                problems.add(new Problem(
                                "WitnessCannotRunGroups",
                                "%s is a witness and runs no groups: name nodes of MetalCluster %s (%s)"
                                        .formatted(node, spec.cluster(), String.join(", ", known)))
                        .at("spec.placement.nodes"));
            } else if (!known.contains(node)) {
                problems.add(new Problem(
                                "UnknownNode",
                                "%s is no node of MetalCluster %s, whose nodes are %s: correct the name, or add the node there"
                                        .formatted(node, spec.cluster(), String.join(", ", known)))
                        .at("spec.placement.nodes"));
            }
        }
        boolean mirrored = spec.resources().stream().anyMatch(resource -> resource.mirrorDisk() != null);
        if (mirrored && spec.placement().nodes().size() > 2) {
            problems.add(new Problem(
                            "TooManyCopies",
                            "a mirrored disk has two copies in this version, but placement.nodes names %d nodes: name two"
                                    .formatted(spec.placement().nodes().size()))
                    .at("spec.placement.nodes"));
        }
    }

    /** A machine's own address that also floats would cut the machine off when the group leaves. */
    private static void checkOwnAddresses(ClusterGroupSpec spec, MetalCluster cluster, List<Problem> problems) {
        Map<String, String> owners = new HashMap<>();
        var machines = new ArrayList<>(cluster.getSpec().nodes());
        machines.addAll(cluster.getSpec().witnesses());
        machines.forEach(
                machine -> machine.addresses().values().forEach(address -> owners.put(address, machine.name())));
        for (Resource resource : spec.resources()) {
            if (resource.type() instanceof Resource.FloatingIp ip && owners.containsKey(Claims.plain(ip.address()))) {
                problems.add(new Problem(
                                "AddressInUse",
                                "floatingIP %s of resource %s is the own address of %s: choose an address that no machine has"
                                        .formatted(
                                                ip.address(), resource.name(), owners.get(Claims.plain(ip.address()))))
                        .at(field(resource) + ".floatingIP.address"));
            }
        }
    }

    private static void checkDoubles(ClusterGroupSpec spec, List<Problem> problems) {
        var seen = new HashMap<Claim, String>();
        for (Resource resource : spec.resources()) {
            for (Claim claim : Claims.of(resource, spec)) {
                String other = seen.putIfAbsent(claim, resource.name());
                if (other != null && !other.equals(resource.name())) {
                    problems.add(new Problem(
                                    claim.kind().reason(),
                                    "resources %s and %s both use %s: keep one of them"
                                            .formatted(other, resource.name(), claim.text()))
                            .at(field(resource)));
                }
            }
        }
    }

    private static void checkReferences(ClusterGroupSpec spec, List<Problem> problems) {
        Map<String, Resource> byName = Dependencies.byName(spec.resources());
        for (Resource resource : spec.resources()) {
            List<String> dependsOn = resource.dependsOn();
            if (dependsOn != null) {
                dependsOn.stream()
                        .filter(name -> !byName.containsKey(name))
                        .forEach(name -> problems.add(new Problem(
                                        "UnknownResource",
                                        "resource %s depends on %s, which this group does not have: correct the name (there are %s)"
                                                .formatted(resource.name(), name, names(byName)))
                                .at(field(resource) + ".dependsOn")));
            }
            if (resource.type() instanceof Resource.Filesystem files && !isMirror(byName, files.disk())) {
                problems.add(new Problem(
                                "UnknownResource",
                                "filesystem %s is on disk %s, which is no mirrorDisk of this group: name one in filesystem.disk"
                                        .formatted(resource.name(), files.disk()))
                        .at(field(resource) + ".filesystem.disk"));
            }
        }
    }

    private static String field(Resource resource) {
        return "spec.resources[name=" + resource.name() + "]";
    }

    private static boolean isMirror(Map<String, Resource> byName, String name) {
        Resource disk = byName.get(name);
        return disk != null && disk.mirrorDisk() != null;
    }

    private static void checkMonitors(ClusterGroupSpec spec, List<Problem> problems) {
        Map<String, Resource> byName = Dependencies.byName(spec.resources());
        for (Monitor monitor : spec.monitors()) {
            String resource = monitor.resource();
            if (resource != null && !byName.containsKey(resource)) {
                problems.add(new Problem(
                                "UnknownResource",
                                "monitor %s watches resource %s, which this group does not have: correct the name (there are %s)"
                                        .formatted(monitor.name(), resource, names(byName)))
                        .at("spec.monitors[name=" + monitor.name() + "].resource"));
            }
        }
    }

    private static String names(Map<String, Resource> byName) {
        return byName.keySet().stream().sorted().collect(Collectors.joining(", "));
    }

    private static List<String> names(List<Machine> machines) {
        return machines.stream().map(Machine::name).toList();
    }

    private static TreeSet<String> mentionedNodes(ClusterGroupSpec spec) {
        var nodes = new TreeSet<>(spec.placement().nodes());
        spec.resources().stream()
                .map(Resource::mirrorDisk)
                .filter(disk -> disk != null)
                .forEach(disk -> nodes.addAll(disk.perNode().keySet()));
        return nodes;
    }
}
