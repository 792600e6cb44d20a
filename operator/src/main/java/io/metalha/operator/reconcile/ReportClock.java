// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose reports have stopped, by this process's own monotonic clock: a report's time is only compared with the
 * report before it, because clocks of hosts need not agree.
 *
 * <p>Silence counts only while we were listening. Counts start anew when the API server could not be asked, and when
 * nobody looked for a while (this process was stopped, or waited for the API server): else every agent would look dead
 * after an outage that was ours.
 */
@ApplicationScoped
public class ReportClock {
    /** Agents report each ten seconds: two may get lost. */
    static final Duration SILENCE = Duration.ofSeconds(30);

    /** Reconcilers look each ten seconds. */
    static final Duration LOOK_GAP = Duration.ofSeconds(25);

    private record Seen(@Nullable String report, long atNanos) {}

    private static final class Watch {
        private final Map<String, Seen> seen = new HashMap<>();
        private long lookedNanos;

        private Watch(long now) {
            lookedNanos = now;
        }
    }

    private final LongSupplier nanoTime;
    private final Map<String, Watch> watches = new HashMap<>();

    @Inject
    public ReportClock() {
        this(System::nanoTime);
    }

    ReportClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Those of {@code reports} that have not changed for too long.
     *
     * @param uid     of the object that carries the reports
     * @param reports the time of each one's last report, from the cache
     * @param live    the same, read from the API server now
     */
    synchronized Set<String> silent(
            String uid, Map<String, @Nullable String> reports, Supplier<Map<String, @Nullable String>> live) {
        long now = nanoTime.getAsLong();
        Watch watch = watches.computeIfAbsent(uid, _ -> new Watch(now));
        if (now - watch.lookedNanos > LOOK_GAP.toNanos()) {
            watch.seen.clear();
        }
        watch.lookedNanos = now;
        watch.seen.keySet().retainAll(reports.keySet());
        note(watch, reports, now);
        if (silent(watch, now).isEmpty()) {
            return Set.of();
        }
        try {
            note(watch, live.get(), now);
        } catch (RuntimeException e) {
            watch.seen.clear();
            throw e;
        }
        return silent(watch, now);
    }

    /** Forgets an object that is gone. */
    synchronized void forget(String uid) {
        watches.remove(uid);
    }

    private static void note(Watch watch, Map<String, @Nullable String> reports, long now) {
        reports.forEach((name, report) -> {
            Seen old = watch.seen.get(name);
            if (old == null || !Objects.equals(old.report(), report)) {
                watch.seen.put(name, new Seen(report, now));
            }
        });
    }

    private static Set<String> silent(Watch watch, long now) {
        var silent = new HashSet<String>();
        watch.seen.forEach((name, seen) -> {
            if (now - seen.atNanos() > SILENCE.toNanos()) {
                silent.add(name);
            }
        });
        return silent;
    }
}
