// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members' reports read together: who is active, who could take over, whose report counts no more.
 *
 * <p>A report counts no more when its agent is silent, or when it says Active under a lower epoch than another member:
 * it was overtaken, and its node has not said so yet. Such a member is Unknown, not Stopped.
 */
final class GroupView {
    private final List<String> placement;
    private final List<Member> members;
    private final Set<String> unknown = new LinkedHashSet<>();
    private final @Nullable Member active;

    GroupView(GroupFacts facts) {
        placement = facts.group().getSpec().placement().nodes();
        ClusterGroupStatus status = facts.group().getStatus();
        members = status == null ? List.of() : status.members();
        members.stream()
                .filter(member -> facts.silent().contains(member.node()) || roleOf(member) == MemberRole.UNKNOWN)
                .map(Member::node)
                .forEach(unknown::add);
        active = members.stream()
                .filter(member -> known(member) && isOwner(member))
                .max(Comparator.comparing(Member::epoch, EpochOrder.BY_EPOCH))
                .orElse(null);
        if (active != null) {
            members.stream()
                    .filter(member -> isOwner(member) && isBelow(member, active))
                    .map(Member::node)
                    .forEach(unknown::add);
        }
    }

    Optional<Member> active() {
        return Optional.ofNullable(active);
    }

    /** Nodes that can take over now, in the order of placement. */
    List<Member> standby() {
        var standby = new ArrayList<Member>();
        for (String node : placement) {
            member(node)
                    .filter(member -> known(member)
                            && roleOf(member) == MemberRole.STANDBY
                            && Boolean.TRUE.equals(member.ready()))
                    .ifPresent(standby::add);
        }
        return standby;
    }

    /** Members of the placement that are neither active nor ready, and those that never reported. */
    List<String> notReady() {
        List<String> ready = standby().stream().map(Member::node).toList();
        return placement.stream()
                .filter(node -> !ready.contains(node))
                .filter(node -> active == null || !active.node().equals(node))
                .toList();
    }

    Optional<Member> member(String node) {
        return members.stream().filter(member -> member.node().equals(node)).findFirst();
    }

    List<Member> members() {
        return members;
    }

    List<Member> known() {
        return members.stream().filter(this::known).toList();
    }

    List<Member> unknown() {
        return members.stream()
                .filter(member -> unknown.contains(member.node()))
                .toList();
    }

    boolean known(Member member) {
        return !unknown.contains(member.node());
    }

    /** Members that may still run something, or of which nobody can tell. */
    List<Member> notStopped() {
        return members.stream()
                .filter(member -> !known(member) || isOwner(member) || roleOf(member) == MemberRole.FAILED)
                .toList();
    }

    static MemberRole roleOf(Member member) {
        MemberRole role = member.role();
        return role == null ? MemberRole.UNKNOWN : role;
    }

    private static boolean isOwner(Member member) {
        return switch (roleOf(member)) {
            case ACTIVE, STARTING, STOPPING -> true;
            case STANDBY, STOPPED, FAILED, UNKNOWN -> false;
        };
    }

    private static boolean isBelow(Member member, Member owner) {
        return !member.node().equals(owner.node()) && EpochOrder.BY_EPOCH.compare(member.epoch(), owner.epoch()) < 0;
    }
}
