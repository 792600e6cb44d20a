// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.edge;

import io.metalha.e2e.client.Answer;
import io.metalha.e2e.client.RawClock;
import io.metalha.e2e.evidence.Outage;
import io.metalha.e2e.kube.Failover;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Loads both servers with everything that stress-ng has for processors, memory and disks: nothing may move. */
final class Stress {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Edge edge;
    private final Consumer<String> out;

    /** What was seen. {@code longestOutageMillis} is between two good answers of the visitor. */
    record Result(
            long minutes,
            int failovers,
            long attempts,
            long failedAttempts,
            long longestOutageMillis,
            List<String> seen) {}

    Stress(Edge edge, Consumer<String> out) {
        this.edge = edge;
        this.out = out;
    }

    Result play(long minutes) {
        edge.awaitRedundant();
        Set<String> before = ids();
        var after = new LinkedHashSet<String>();
        long start = RawClock.nanos();
        List<String> servers = edge.lab().topology().servers();
        var loads = servers.stream().map(server -> load(server, minutes)).toList();
        var all = CompletableFuture.allOf(loads.toArray(CompletableFuture[]::new));
        long next = minutes;
        long end = start + Duration.ofMinutes(minutes + 2).toNanos();
        while (!all.isDone() && RawClock.nanos() - end < 0) {
            collect(after);
            LockSupport.parkNanos(LOOK_NANOS);
            long left = minutes - TimeUnit.NANOSECONDS.toMinutes(RawClock.nanos() - start);
            if (left < next) {
                next = left;
                out.accept("%d minutes to go, failovers so far: %d".formatted(left, count(after, before)));
            }
        }
        all.join();
        collect(after);
        after.removeAll(before);
        List<Answer> answers = edge.visitor().timeline().all().stream()
                .filter(answer -> answer.endNanos() - start >= 0)
                .toList();
        long failed = answers.stream().filter(answer -> !answer.good()).count();
        long longest = Outage.longest(answers, start).map(Outage::millis).orElse(0L);
        return new Result(minutes, after.size(), answers.size(), failed, longest, List.copyOf(after));
    }

    private static int count(Set<String> after, Set<String> before) {
        return (int) after.stream().filter(id -> !before.contains(id)).count();
    }

    private CompletableFuture<Void> load(String server, long minutes) {
        Duration bound = Duration.ofMinutes(minutes).plusSeconds(60);
        String seconds = minutes * 60 + "s";
        return CompletableFuture.runAsync(() -> edge.lab()
                .exec(
                        bound,
                        server,
                        "stress-ng",
                        "--quiet",
                        "--cpu",
                        "2",
                        "--vm",
                        "1",
                        "--vm-bytes",
                        "512m",
                        "--hdd",
                        "1",
                        "--hdd-bytes",
                        "256m",
                        "--io",
                        "1",
                        "--temp-path",
                        "/var/tmp",
                        "--timeout",
                        seconds)
                .orFail());
    }

    private Set<String> ids() {
        var ids = new LinkedHashSet<String>();
        collect(ids);
        return ids;
    }

    /** The API keeps the last ten of a group only, so this looks often. An API server that answers late is asked again. */
    private void collect(Set<String> ids) {
        var trouble = new ArrayList<String>();
        for (String group : edge.groups()) {
            try {
                for (Failover failover : edge.failovers(group)) {
                    ids.add(group + ": " + failover);
                }
            } catch (RuntimeException e) {
                trouble.add(group + ": " + e.getMessage());
            }
        }
        trouble.forEach(out);
    }
}
