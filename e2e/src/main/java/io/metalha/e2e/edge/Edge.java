// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.edge;

import com.fasterxml.jackson.databind.JsonNode;
import io.metalha.e2e.client.Answer.Service;
import io.metalha.e2e.client.Page;
import io.metalha.e2e.client.Visitor;
import io.metalha.e2e.evidence.Outage;
import io.metalha.e2e.kube.Api;
import io.metalha.e2e.kube.Failover;
import io.metalha.e2e.kube.Group;
import io.metalha.e2e.lab.Commands;
import io.metalha.e2e.lab.Lab;
import io.metalha.e2e.lab.Topology;
import io.metalha.e2e.story.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The edge example in a running lab under a timing profile, with a visitor. Closing it removes the example, and gives the cluster the profile
 * back that it had and the groups that were stopped.
 */
final class Edge implements AutoCloseable {
    static final Duration WAIT = Duration.ofSeconds(120);
    private static final String GROUP = "edge";
    private static final String CLUSTER = "iptv";
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("198.18.10.60", 8080);

    private final Path root;
    private final Lab lab;
    private final Api api;
    private final String profileBefore;
    private final List<String> stopped = new ArrayList<>();
    private final Visitor visitor;

    private Edge(Path root, Lab lab, Api api, String profileBefore) {
        this.root = root;
        this.lab = lab;
        this.api = api;
        this.profileBefore = profileBefore;
        visitor = new Visitor(ADDRESS, new Page("/", new Page.Containing("edge of ")));
    }

    /** @param others whether the groups that the lab runs go on meanwhile */
    static Edge open(Path root, String profile, boolean others) throws IOException {
        var lab = new Lab(Topology.read(root));
        var api = new Api(lab.kubeconfig(), lab.topology().get("NAMESPACE"));
        String before =
                api.object("MetalCluster", CLUSTER).path("spec").path("profile").asText("Normal");
        var edge = new Edge(root, lab, api, before);
        try {
            if (!others) {
                edge.stop("iptv-db");
                edge.stop("iptv-web");
            }
            edge.deploy();
            edge.profile(profile);
            edge.awaitServed(System.nanoTime());
            return edge;
        } catch (RuntimeException e) {
            edge.close();
            throw e;
        }
    }

    Lab lab() {
        return lab;
    }

    Visitor visitor() {
        return visitor;
    }

    Group group() {
        return api.group(GROUP);
    }

    List<Failover> failovers(String group) {
        return api.group(group).failovers();
    }

    List<String> groups() {
        var groups = new ArrayList<>(List.of(GROUP, "iptv-db", "iptv-web"));
        groups.removeAll(stopped);
        return groups;
    }

    /** Each machine's view of its keeper, for a bench that must say where it ran. */
    boolean realtime() {
        for (String node : lab.topology().servers()) {
            JsonNode keeper = api.object("MetalNode", node).path("status").path("keeper");
            if (!keeper.path("realtime").asBoolean()) {
                return false;
            }
        }
        return true;
    }

    /** On its first server, and the other one could take it now. */
    void home() {
        awaitRedundant();
        String first = lab.topology().servers().getFirst();
        if (!group().active().equals(first)) {
            api.operation("Move", Map.of("group", GROUP, "node", first));
            Await.until(WAIT, "edge on " + first, () -> {
                Group seen = group();
                return seen.active().equals(first) ? Optional.empty() : Optional.of(seen.brief());
            });
            awaitRedundant();
        }
    }

    /** Any one server may die now. */
    void awaitRedundant() {
        Await.until(WAIT, "edge redundant", () -> {
            Group seen = group();
            return seen.is("Ready") && seen.is("Redundant") ? Optional.empty() : Optional.of(seen.brief());
        });
    }

    /** Waits until the visitor is answered again, and gives its longest wait since then. */
    Outage awaitServed(long fromNanos) {
        var found = new ArrayList<Outage>();
        Await.until(WAIT, "a good answer of edge", () -> {
            var answers = visitor.timeline().since(Service.HTTP, fromNanos);
            Optional<Outage> outage = Outage.longest(answers, fromNanos);
            if (outage.isPresent() && answers.getLast().good()) {
                found.add(outage.get());
                return Optional.empty();
            }
            return Optional.of(
                    answers.isEmpty()
                            ? "no answer"
                            : answers.getLast().outcome().toString());
        });
        return found.getLast();
    }

    private void stop(String group) {
        api.operation("Stop", Map.of("group", group, "note", "a bench of the edge example runs alone"));
        stopped.add(group);
        Await.until(WAIT, group + " stopped", () -> {
            Group seen = api.group(group);
            return seen.active().isEmpty() ? Optional.empty() : Optional.of(seen.brief());
        });
    }

    private void deploy(String... words) {
        var command =
                new ArrayList<>(List.of(root.resolve("examples/edge/deploy").toString()));
        command.addAll(List.of(words));
        Commands.run(WAIT, command.toArray(String[]::new)).orFail();
    }

    private void profile(String profile) {
        api.kubectl(
                        "patch",
                        "metalcluster",
                        CLUSTER,
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"profile\":\"%s\"}}".formatted(profile))
                .orFail();
        Await.until(WAIT, "profile " + profile + " in force", () -> {
            JsonNode cluster = api.object("MetalCluster", CLUSTER);
            boolean seen = cluster.path("metadata").path("generation").asLong()
                    == cluster.path("status").path("acceptedGeneration").asLong();
            JsonNode conditions = cluster.path("status").path("conditions");
            for (JsonNode condition : conditions) {
                if (condition.path("type").asText().equals("Stalled")
                        && condition.path("status").asText().equals("True")) {
                    return Optional.of(condition.path("message").asText());
                }
            }
            return seen ? Optional.empty() : Optional.of("generation not accepted");
        });
    }

    @Override
    public void close() {
        visitor.close();
        try {
            profile(profileBefore);
            deploy("--remove");
            stopped.forEach(group -> api.operation("Start", Map.of("group", group)));
        } finally {
            api.close();
        }
    }
}
