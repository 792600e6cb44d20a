// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import io.metalha.e2e.client.Answer;
import io.metalha.e2e.evidence.DoubleWriters;
import io.metalha.e2e.evidence.LostRows;
import io.metalha.e2e.evidence.Span;
import io.metalha.e2e.evidence.StaleReads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What must never happen, counted from the client's answers and the servers' own journals.
 *
 * @param badResponses wrong pages, and reads of rows that fit into no order
 * @param doubleWriters times at which two nodes had effects for one group
 * @param findings what the numbers consist of, in words
 */
public record Verdict(int acknowledgedRows, int lostRows, int badResponses, int doubleWriters, List<String> findings) {
    private static final int EXAMPLES = 5;

    public static Verdict of(Scene scene) {
        var findings = new ArrayList<String>();
        LostRows rows = lostRows(scene, findings);
        List<Answer> answers = scene.client().timeline().all();
        List<String> bad = answers.stream()
                .filter(answer -> answer.outcome() instanceof Answer.Bad)
                .map(answer -> answer.outcome().toString())
                .toList();
        bad.stream().distinct().limit(EXAMPLES).forEach(findings::add);
        List<String> stale = StaleReads.of(answers);
        stale.stream().limit(EXAMPLES).forEach(findings::add);
        List<String> doubles = new ArrayList<>();
        for (String group : List.of(Scene.DB, Scene.WEB)) {
            List<Span> spans = scene.owners().spans(group);
            if (spans.isEmpty()) {
                findings.add(group + ": no journal says who held it; two owners cannot be ruled out");
            }
            doubles.addAll(DoubleWriters.overlapping(spans));
            if (group.equals(Scene.DB)) {
                doubles.addAll(DoubleWriters.strangers(
                        answers.stream()
                                .filter(answer -> answer.service() == Answer.Service.SQL)
                                .toList(),
                        spans));
            }
        }
        findings.addAll(doubles);
        return new Verdict(
                rows.acknowledged(), rows.lost(), bad.size() + stale.size(), doubles.size(), List.copyOf(findings));
    }

    public boolean ok() {
        return lostRows == 0 && badResponses == 0 && doubleWriters == 0;
    }

    /** Rows that cannot be read back count as lost: silence is not taken for an answer. */
    private static LostRows lostRows(Scene scene, List<String> findings) {
        try {
            LostRows rows = scene.client().lostRows();
            if (rows.lost() > 0) {
                findings.add("missing rows, such as " + rows.some());
            }
            return rows;
        } catch (SQLException e) {
            findings.add("the rows could not be read back: " + e.getMessage());
            int acknowledged = (int) scene.client().timeline().all().stream()
                    .filter(answer -> answer.good() && answer.service() == Answer.Service.SQL)
                    .count();
            return new LostRows(acknowledged, acknowledged, List.of());
        }
    }
}
