// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.core.GroupId;
import io.metalha.node.local.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The groups of this node. One thread. */
final class Groups {
    private final Map<GroupId, GroupRunner> groups = new TreeMap<>();
    private long lives;

    List<GroupRunner> all() {
        return List.copyOf(groups.values());
    }

    Optional<GroupRunner> of(GroupId group) {
        return Optional.ofNullable(groups.get(group));
    }

    /** The one that a line names. */
    Optional<GroupRunner> of(Message line) {
        return of(new GroupId(line.get("group")));
    }

    /** IllegalArgumentException with a sentence where the specification makes no sense. */
    GroupRunner add(ClusterGroup group, AgentContext context, Runnable tellOthers) {
        GroupRunner runner = new GroupRunner(group, context, ++lives, tellOthers);
        groups.put(runner.id(), runner);
        return runner;
    }

    void remove(GroupId group) {
        groups.remove(group);
    }

    void step(Fact.OfGroup fact) {
        of(fact.group())
                .filter(group -> group.life() == fact.life())
                .ifPresent(group -> guarded(group, each -> each.step(fact.event())));
    }

    void each(Consumer<GroupRunner> work) {
        all().forEach(group -> guarded(group, work));
    }

    /** A bug in one group's turn must not end the others'. */
    private static void guarded(GroupRunner group, Consumer<GroupRunner> work) {
        try {
            work.accept(group);
        } catch (RuntimeException e) {
            Journal.say(
                    group.id() + ": bug: " + e + " at " + (e.getStackTrace().length > 0 ? e.getStackTrace()[0] : ""));
        }
    }
}
