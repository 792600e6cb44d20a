// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.MetalCluster;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this node last accepted, and lives from with or without an API server. Absence is not deletion (safety rule 22):
 * a group leaves only when its deletion was seen and carried out.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Configuration(@Nullable MetalCluster cluster, List<ClusterGroup> groups, List<String> operationsDone) {
    public static final Configuration EMPTY = new Configuration(null, List.of(), List.of());
    private static final int OPERATIONS_KEPT = 200;

    public Configuration {
        groups = groups == null ? List.of() : List.copyOf(groups);
        operationsDone = operationsDone == null ? List.of() : List.copyOf(operationsDone);
    }

    /** What becomes of an object that the API server shows. */
    public sealed interface Judgement {
        public record Accepted() implements Judgement {}

        public record Unchanged() implements Judgement {}

        /** Not acted upon; what was accepted before stays in force. */
        public record Held(String reason, String why) implements Judgement {}
    }

    public Optional<ClusterGroup> group(String name) {
        return groups.stream()
                .filter(group -> group.getMetadata().getName().equals(name))
                .findFirst();
    }

    public static Judgement judge(
            @Nullable Stamp current, Stamp offered, @Nullable Long acceptedGeneration, boolean sameContent) {
        boolean sameObject = current != null && current.uid().equals(offered.uid());
        if (current != null && sameObject && offered.generation() < current.generation()) {
            return new Judgement.Held(
                    "ConfigurationRegressed",
                    "the API server shows generation " + offered.generation() + " after " + current.generation()
                            + "; apply the manifest you want, so that it gets a newer one");
        }
        if (current != null && sameObject && offered.generation() == current.generation()) {
            return sameContent
                    ? new Judgement.Unchanged()
                    : new Judgement.Held(
                            "ConfigurationRegressed",
                            "the API server shows another content under generation " + offered.generation()
                                    + "; apply the manifest you want, so that it gets a newer one");
        }
        if (acceptedGeneration == null || acceptedGeneration != offered.generation()) {
            return new Judgement.Held(
                    "NotAccepted", "the operator has not accepted generation " + offered.generation() + " yet");
        }
        return new Judgement.Accepted();
    }

    /** Which object, in which version. */
    public record Stamp(String uid, long generation) {
        public static Stamp of(io.fabric8.kubernetes.api.model.ObjectMeta metadata) {
            return new Stamp(
                    Objects.requireNonNullElse(metadata.getUid(), ""),
                    Objects.requireNonNullElse(metadata.getGeneration(), 0L));
        }
    }

    public Configuration with(MetalCluster other) {
        return new Configuration(other, groups, operationsDone);
    }

    public Configuration with(ClusterGroup group) {
        Map<String, ClusterGroup> byName = new LinkedHashMap<>();
        groups.forEach(each -> byName.put(each.getMetadata().getName(), each));
        byName.put(group.getMetadata().getName(), group);
        return new Configuration(cluster, List.copyOf(byName.values()), operationsDone);
    }

    public Configuration without(String group) {
        return new Configuration(
                cluster,
                groups.stream()
                        .filter(each -> !each.getMetadata().getName().equals(group))
                        .toList(),
                operationsDone);
    }

    /** Remembers that the operation was carried out, so that it runs once. */
    public Configuration withOperation(String uid) {
        List<String> done = new java.util.ArrayList<>(operationsDone);
        done.remove(uid);
        done.add(uid);
        int from = Math.max(0, done.size() - OPERATIONS_KEPT);
        return new Configuration(cluster, groups, done.subList(from, done.size()));
    }
}
