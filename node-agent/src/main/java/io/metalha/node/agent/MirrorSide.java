// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.CreatePolicy;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.api.v1alpha1.MirrorUse;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.node.agent.config.KeeperConf;
import io.metalha.node.agent.known.ForceCheck;
import io.metalha.node.agent.peer.ClusterView;
import io.metalha.node.core.NodeId;
import io.metalha.node.local.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** The mirrors of one group: what the mirror process is told to serve, and what it last said. */
final class MirrorSide {
    private static final String NONE = "-";

    private final NodeId self;
    private final Map<String, Message> states = new HashMap<>();
    private List<String> names = List.of();

    MirrorSide(NodeId self) {
        this.self = self;
    }

    static String name(String group, String resource) {
        return group + "." + resource;
    }

    void define(ClusterGroup group) {
        names = group.getSpec().resources().stream()
                .filter(resource -> resource.mirrorDisk() != null)
                .map(Resource::name)
                .toList();
    }

    /** The resources that are mirrors. */
    List<String> names() {
        return names;
    }

    /** Nothing is known any more: the mirror process has gone. */
    void forget() {
        states.clear();
    }

    /** Takes a {@code state} line, keyed by the resource's name. */
    void state(String resource, Message message) {
        states.put(resource, message);
    }

    boolean hasMirrors() {
        return !names.isEmpty();
    }

    /** Whether every mirror says that its copy is good; true for a group without mirrors. */
    boolean promotable() {
        return names.stream().allMatch(name -> isPromotable(states.get(name)));
    }

    /** Whether every mirror's peer has a good copy, too: nothing acknowledged is lost when this node dies. */
    boolean redundant() {
        return names.stream().allMatch(name -> Optional.ofNullable(states.get(name))
                .flatMap(state -> state.find("peerDisk"))
                .map(disk -> disk.equals("UpToDate"))
                .orElse(false));
    }

    /** Whether some mirror is attached here, so that what uses it may be waiting in it. */
    boolean anyPrimary() {
        return states.values().stream()
                .anyMatch(state -> state.find("role").orElse("").equals("Primary"));
    }

    /** This node's good copies, for the keeper (safety rule 11). */
    String goodCopies() {
        String copies = names.stream()
                .map(states::get)
                .filter(MirrorSide::isPromotable)
                .map(state -> state.get("data") + ":" + state.get("copy") + ":uptodate:" + state.get("generation"))
                .collect(Collectors.joining(","));
        return copies.isEmpty() ? NONE : copies;
    }

    /** This node's copies as a person's word would take them; without those that the mirror process tells nothing of. */
    List<ForceCheck.Copy> forForce() {
        List<ForceCheck.Copy> copies = new ArrayList<>();
        for (String name : names) {
            Message state = states.get(name);
            if (state != null) {
                copies.add(new ForceCheck.Copy(
                        name,
                        state.get("disk"),
                        UUID.fromString(state.get("data")),
                        UUID.fromString(state.get("copy")),
                        UUID.fromString(state.get("peerCopy")),
                        Long.parseUnsignedLong(state.get("generation"), 16),
                        state.find("peerDisk").orElse("Unknown")));
            }
        }
        return copies;
    }

    /** The mirrors whose peer was met last as the other side of a split brain. */
    List<String> inSplitBrain() {
        return names.stream()
                .filter(name -> Optional.ofNullable(states.get(name))
                        .flatMap(state -> state.find("connection"))
                        .filter("SplitBrain"::equals)
                        .isPresent())
                .toList();
    }

    /** Whether the mirror process has told of each mirror. */
    boolean allTold() {
        return states.keySet().containsAll(names);
    }

    private static boolean isPromotable(@org.jspecify.annotations.Nullable Message state) {
        return state != null
                && state.find("promotable").map(Boolean::parseBoolean).orElse(false);
    }

    /** A {@code configure} line for each mirror of the group. */
    List<Message> configure(ClusterGroup group, ClusterView view, Path keyFile) {
        List<Message> lines = new ArrayList<>();
        Optional<NodeId> peer = group.getSpec().placement().nodes().stream()
                .filter(node -> !node.equals(self.name()))
                .map(NodeId::new)
                .findFirst();
        for (Resource resource : group.getSpec().resources()) {
            Resource.MirrorDisk disk = resource.mirrorDisk();
            if (disk != null) {
                lines.add(Message.of(
                        "configure",
                        "mirror",
                        name(group.getMetadata().getName(), resource.name()),
                        "group",
                        group.getMetadata().getName(),
                        "backing",
                        disk.backingOn(self.name()),
                        "sizeBytes",
                        sizeBytes(disk.size()),
                        "mode",
                        "Sync",
                        "peer",
                        peer.map(NodeId::name).orElse(NONE),
                        "listen",
                        endpoints(view, self),
                        "peers",
                        peer.map(node -> endpoints(view, node)).orElse(NONE),
                        "keyFile",
                        keyFile,
                        "create",
                        disk.create() == CreatePolicy.IF_BLANK ? "blank" : "never",
                        "peerTimeoutMillis",
                        view.timing().peerTimeout().toMillis()));
            }
        }
        return lines;
    }

    /** A machine's mirror addresses, the best path first. */
    private static String endpoints(ClusterView view, NodeId node) {
        Map<String, String> addresses = view.addresses(node);
        MetalClusterSpec spec = view.cluster().orElseThrow().getSpec();
        List<String> ordered = new ArrayList<>();
        for (MirrorUse use : List.of(MirrorUse.PREFERRED, MirrorUse.FALLBACK)) {
            for (MetalClusterSpec.Path path : spec.paths()) {
                String address = addresses.get(path.name());
                if (path.mirror() == use && address != null) {
                    ordered.add(KeeperConf.endpoint(address, spec.mirrorPort()));
                }
            }
        }
        return ordered.isEmpty() ? NONE : String.join(",", ordered);
    }

    /** {@code 100Gi} in bytes; 0 for what the smallest backing device can hold. */
    static long sizeBytes(@org.jspecify.annotations.Nullable String size) {
        if (size == null) {
            return 0;
        }
        String digits = size.replaceAll("[^0-9]", "");
        long unit =
                switch (size.substring(digits.length())) {
                    case "Mi" -> 1L << 20;
                    case "Gi" -> 1L << 30;
                    case "Ti" -> 1L << 40;
                    case "M" -> 1_000_000L;
                    case "G" -> 1_000_000_000L;
                    case "T" -> 1_000_000_000_000L;
                    default -> 1;
                };
        return Math.multiplyExact(Long.parseLong(digits), unit);
    }

    List<Member.Mirror> report() {
        List<Member.Mirror> mirrors = new ArrayList<>();
        for (String name : names) {
            Message state = states.get(name);
            if (state == null) {
                mirrors.add(new Member.Mirror(name, null, null, null, null, null, null, null, null));
            } else {
                mirrors.add(new Member.Mirror(
                        name,
                        state.find("role").orElse(null),
                        state.find("connection").orElse(null),
                        state.find("disk").orElse(null),
                        state.find("peerDisk").orElse(null),
                        state.find("attach")
                                .filter(attach -> !attach.equals(NONE))
                                .orElse(null),
                        state.find("outOfSyncBytes").map(Long::valueOf).orElse(null),
                        state.find("resyncPercent")
                                .map(percent -> (int) Double.parseDouble(percent) / 10 * 10)
                                .orElse(null),
                        state.find("path").filter(path -> !path.equals(NONE)).orElse(null)));
            }
        }
        return mirrors;
    }
}
