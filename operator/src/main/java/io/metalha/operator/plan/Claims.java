// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterGroupSpec;
import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Two groups that claim one thing.
 *
 * <p>The group that was accepted first keeps it; the other's spec is not acted upon. The accepted generation is looked at
 * first, so that a change of a second group never makes a running first one invalid; then age, then name.
 */
final class Claims {
    private static final Comparator<ClusterGroup> PRECEDENCE = Comparator.<ClusterGroup, Boolean>comparing(
                    group -> !isAccepted(group))
            .thenComparing(group -> created(group))
            .thenComparing(group -> group.getMetadata().getName());

    private Claims() {}

    static List<Problem> check(GroupFacts facts) {
        List<ClusterGroup> first = facts.others().stream()
                .filter(other -> other.getMetadata().getDeletionTimestamp() == null
                        && PRECEDENCE.compare(facts.group(), other) >= 0)
                .toList();
        return againstEach(new GroupFacts(facts.group(), facts.cluster(), first, facts.silent(), facts.now()));
    }

    /** Of whatever precedence the others are. */
    static List<Problem> againstEach(GroupFacts facts) {
        Set<Claim> own = of(facts.group().getSpec());
        var problems = new ArrayList<Problem>();
        for (ClusterGroup other : facts.others()) {
            for (Claim claim : of(other.getSpec())) {
                if (own.contains(claim)) {
                    problems.add(new Problem(
                                    claim.kind().reason(),
                                    "%s is used by group %s already: choose another one here, or take it out of %s"
                                            .formatted(
                                                    claim.text(),
                                                    other.getMetadata().getName(),
                                                    other.getMetadata().getName()))
                            .at("spec.resources"));
                }
            }
        }
        return problems;
    }

    static Set<Claim> of(ClusterGroupSpec spec) {
        var claims = new LinkedHashSet<Claim>();
        spec.resources().forEach(resource -> claims.addAll(of(resource, spec)));
        return claims;
    }

    static List<Claim> of(Resource resource, ClusterGroupSpec spec) {
        return switch (resource.type()) {
            case Resource.FloatingIp ip -> List.of(new Claim(Claim.Kind.ADDRESS, "", plain(ip.address())));
            case Resource.VirtualHostName host ->
                List.of(new Claim(
                        Claim.Kind.HOST_NAME, "", host.name() + "." + host.dns().zone()));
            case Resource.MirrorDisk disk -> onEachNode(spec, Claim.Kind.DISK, disk::backingOn);
            case Resource.Filesystem files -> onEachNode(spec, Claim.Kind.MOUNT_POINT, _ -> files.mountPoint());
            case Resource.SystemdUnit unit -> onEachNode(spec, Claim.Kind.UNIT, _ -> unit.unit());
            case null -> List.of();
        };
    }

    /** The address without its prefix length, in the form in which it was written. */
    static String plain(String cidr) {
        int slash = cidr.indexOf('/');
        return slash < 0 ? cidr : cidr.substring(0, slash);
    }

    private static List<Claim> onEachNode(ClusterGroupSpec spec, Claim.Kind kind, Function<String, String> what) {
        return spec.placement().nodes().stream()
                .map(node -> new Claim(kind, node, what.apply(node)))
                .toList();
    }

    private static boolean isAccepted(ClusterGroup group) {
        ClusterGroupStatus status = group.getStatus();
        return status != null && group.getMetadata().getGeneration().equals(status.acceptedGeneration());
    }

    private static String created(ClusterGroup group) {
        String created = group.getMetadata().getCreationTimestamp();
        return created == null ? "" : created;
    }
}
