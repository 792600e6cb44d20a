// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds a condition list whose transition times stay while a status stays, as the API conventions ask. */
final class Conditions {
    private final List<Condition> before;
    private final long generation;
    private final String now;
    private final List<Condition> built = new ArrayList<>();

    Conditions(List<Condition> before, long generation, Instant now) {
        this.before = before;
        this.generation = generation;
        this.now = Times.text(now);
    }

    void set(String type, String status, String reason, String message) {
        String since = find(before, type)
                .filter(old -> old.status().equals(status))
                .map(Condition::lastTransitionTime)
                .orElse(now);
        built.add(new Condition(type, status, generation, since, reason, message));
    }

    void set(String type, boolean status, String reason, String message) {
        set(type, status ? Condition.TRUE : Condition.FALSE, reason, message);
    }

    List<Condition> list() {
        return List.copyOf(built);
    }

    static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream().filter(one -> one.type().equals(type)).findFirst();
    }

    static boolean isTrue(List<Condition> conditions, String type) {
        return find(conditions, type).filter(Condition::holds).isPresent();
    }
}
