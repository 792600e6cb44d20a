// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import io.metalha.e2e.client.Answer;
import io.metalha.e2e.client.Answer.Good;
import io.metalha.e2e.client.Answer.Service;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The rows as a register: one client writes 1, 2, 3 …, another reads the highest. Each read must show at least what was acknowledged before
 * it began, and at most what was begun before it ended.
 *
 * <p>Not more: what was read may be gone after a crash if its writer got no answer. InnoDB shows a commit to others before its log is flushed, on
 * one server without any of ours as well; seen in a storm when a mirror's flush waited, the row was read three times, and the server was killed.
 */
public final class StaleReads {
    private StaleReads() {}

    /**
     * @param answers of one client, in any order; an attempt to write that is still under way may be missing
     * @return a sentence for each read that fits into no order
     */
    public static List<String> of(List<Answer> answers) {
        List<Answer> writes = ofService(answers, Service.SQL);
        List<Answer> reads = ofService(answers, Service.READ);
        List<Answer> known = writes.stream()
                .filter(Answer::good)
                .sorted(Comparator.comparingLong(Answer::endNanos))
                .toList();
        var findings = new ArrayList<String>();
        long least = 0;
        int acknowledged = 0;
        int begun = 0;
        for (Answer read : reads) {
            if (!(read.outcome() instanceof Good(long seen, String by))) {
                continue;
            }
            for (;
                    acknowledged < known.size() && known.get(acknowledged).endNanos() < read.startNanos();
                    acknowledged++) {
                if (known.get(acknowledged).outcome() instanceof Good(long id, String _)) {
                    least = Math.max(least, id);
                }
            }
            while (begun < writes.size() && writes.get(begun).startNanos() <= read.endNanos()) {
                begun++;
            }
            // The writer numbers its attempts; one may be under way and not told yet.
            if (seen < least || seen > begun + 1) {
                findings.add("%s read row %d, when row %d was acknowledged and %d had been begun"
                        .formatted(by, seen, least, begun));
            }
        }
        return findings;
    }

    private static List<Answer> ofService(List<Answer> answers, Service service) {
        return answers.stream()
                .filter(answer -> answer.service() == service)
                .sorted(Comparator.comparingLong(Answer::startNanos))
                .toList();
    }
}
