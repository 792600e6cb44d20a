// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import io.metalha.e2e.story.Report.PartResult;
import io.metalha.e2e.story.Report.StepResult;
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
        Verdict verdict = Verdict.of(scene);
        return new Report(
                List.copyOf(results),
                verdict.acknowledgedRows(),
                verdict.lostRows(),
                verdict.badResponses(),
                verdict.doubleWriters(),
                scene.takeovers(),
                verdict.findings());
    }
}
