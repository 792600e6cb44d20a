// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import io.metalha.e2e.client.Answer;
import io.metalha.e2e.evidence.DoubleWriters;
import io.metalha.e2e.evidence.LostRows;
import io.metalha.e2e.evidence.Span;
import io.metalha.e2e.story.Report.PartResult;
import io.metalha.e2e.story.Report.StepResult;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Plays steps one after another, puts the lab right after a failed part, and sums up. */
final class Story {
    private final Scene scene;
    private final Rescue rescue;
    private final Consumer<String> out;
    private final List<StepResult> results = new ArrayList<>();

    Story(Scene scene, Rescue rescue, Consumer<String> out) {
        this.scene = scene;
        this.rescue = rescue;
        this.out = out;
    }

    /** All ten, in order. */
    static List<Step> steps() {
        return Stream.of(QuietSteps.all(), PowerSteps.all(), NetworkSteps.all(), ControlSteps.all())
                .flatMap(List::stream)
                .sorted(java.util.Comparator.comparingInt(Step::number))
                .toList();
    }

    StepResult play(Step step) {
        var parts = new ArrayList<PartResult>();
        for (Part part : step.parts()) {
            parts.add(play(step, part));
        }
        StepResult result = StepResult.of(step, parts);
        results.add(result);
        return result;
    }

    private PartResult play(Step step, Part part) {
        long begin = System.nanoTime();
        PartResult result;
        try {
            Measured measured = part.action().play(scene);
            result = PartResult.ok(part.name(), measured);
            out.accept("step %2d ok   %s [%.1f s] %s"
                    .formatted(step.number(), part.name(), secondsSince(begin), measured.inWords()));
        } catch (Exception e) {
            String problem = String.valueOf(e.getMessage());
            result = PartResult.failed(part.name(), problem);
            out.accept(
                    "step %2d FAIL %s [%.1f s] %s".formatted(step.number(), part.name(), secondsSince(begin), problem));
            out.accept("     what was seen: " + rescue.dump("step%d-%s".formatted(step.number(), part.name()), e));
            rescue.putRight().ifPresent(trouble -> out.accept("     the lab could not be put right: " + trouble));
        }
        return result;
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    Report report() {
        var findings = new ArrayList<String>();
        LostRows rows = lostRows(findings);
        List<Answer> answers = scene.client().timeline().all();
        List<String> bad = answers.stream()
                .filter(answer -> answer.outcome() instanceof Answer.Bad)
                .map(answer -> answer.outcome().toString())
                .toList();
        bad.stream().distinct().limit(5).forEach(findings::add);
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
        return new Report(
                List.copyOf(results),
                rows.acknowledged(),
                rows.lost(),
                bad.size(),
                doubles.size(),
                scene.takeovers(),
                List.copyOf(findings));
    }

    /** Rows that cannot be read back count as lost: the story does not take silence for an answer. */
    private LostRows lostRows(List<String> findings) {
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
