// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import io.metalha.e2e.client.Answer;
import java.util.List;
import java.util.Optional;

/** The time from the last good answer before to the first good one after. */
public record Outage(long lastGoodNanos, long firstGoodNanos) {

    public long millis() {
        return Math.round((firstGoodNanos - lastGoodNanos) / 1e6);
    }

    /**
     * The longest span without a good answer that ends after {@code fromNanos}. It may have begun just before: the
     * last answer before a power loss is the one that was under way.
     *
     * @param answers of one service, in the order of their ends
     * @return empty when fewer than two good answers are there, or none ended after {@code fromNanos}
     */
    public static Optional<Outage> longest(List<Answer> answers, long fromNanos) {
        Outage longest = null;
        long last = 0;
        boolean any = false;
        for (Answer answer : answers) {
            if (!answer.good()) {
                continue;
            }
            long now = answer.endNanos();
            if (any && now - fromNanos >= 0 && (longest == null || now - last > longest.length())) {
                longest = new Outage(last, now);
            }
            last = now;
            any = true;
        }
        return Optional.ofNullable(longest);
    }

    private long length() {
        return firstGoodNanos - lastGoodNanos;
    }
}
