// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import io.metalha.e2e.client.Answer;
import java.util.ArrayList;
import java.util.List;

/** Looks for two nodes that had effects for one group at once. */
public final class DoubleWriters {
    private DoubleWriters() {}

    /** Two nodes' spans of one group that overlap: what the servers' own logs say, on one clock. */
    public static List<String> overlapping(List<Span> spans) {
        var found = new ArrayList<String>();
        for (int i = 0; i < spans.size(); i++) {
            for (int j = i + 1; j < spans.size(); j++) {
                Span a = spans.get(i);
                Span b = spans.get(j);
                if (a.group().equals(b.group()) && !a.node().equals(b.node()) && a.overlaps(b)) {
                    long overlapMicros = (Math.min(a.endNanos(), b.endNanos()) - b.beginNanos()) / 1000;
                    found.add("%s: %s and %s both held it for %d us"
                            .formatted(a.group(), a.node(), b.node(), overlapMicros));
                }
            }
        }
        return found;
    }

    /**
     * Rows acknowledged by a host while another host held the group and it did not: what the client saw. A row whose
     * writing began before the span ended is within it.
     *
     * @param answers of the SQL service
     * @param spans all spans of the group; none means that nothing can be said, and nothing is
     */
    public static List<String> strangers(List<Answer> answers, List<Span> spans) {
        var found = new ArrayList<String>();
        for (Answer answer : answers) {
            if (!(answer.outcome() instanceof Answer.Good(var id, var host))) {
                continue;
            }
            boolean own = false;
            boolean foreign = false;
            for (Span span : spans) {
                boolean within = span.beginNanos() <= answer.endNanos() && answer.startNanos() <= span.endNanos();
                own |= within && span.node().equals(host);
                foreign |= within && !span.node().equals(host);
            }
            if (foreign && !own) {
                found.add("row %d was acknowledged by %s, which did not hold the group".formatted(id, host));
            }
        }
        return found;
    }
}
