// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.core.MonotonicTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** When this node handed the group over because of a failure; at most the last hundred. */
final class Failovers {
    private static final int MAX = 100;
    private final Deque<MonotonicTime> times = new ArrayDeque<>();

    Failovers(List<MonotonicTime> past) {
        past.forEach(this::add);
    }

    void add(MonotonicTime when) {
        times.addLast(when);
        if (times.size() > MAX) {
            times.removeFirst();
        }
    }

    int within(Duration window, MonotonicTime now) {
        return (int) times.stream()
                .filter(when -> now.since(when).compareTo(window) <= 0)
                .count();
    }
}
