// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Plays the story in a lab that is up and installed: {@code StoryMain --root DIR [--steps 1-4,7] [--report FILE]}. */
public final class StoryMain {
    private static final int STEPS = 10;
    private static final int IDLE_SECONDS = 20;

    private StoryMain() {}

    /** What was asked for on the command line. */
    record Options(Path root, Set<Integer> steps, Path report) {
        static Options parse(String... arguments) {
            Path root = Path.of("").toAbsolutePath();
            Path report = null;
            Set<Integer> steps = numbers("1-" + STEPS);
            for (int i = 0; i < arguments.length; i += 2) {
                if (i + 1 == arguments.length) {
                    throw new IllegalArgumentException(arguments[i] + " needs a value");
                }
                String value = arguments[i + 1];
                switch (arguments[i]) {
                    case "--root" -> root = Path.of(value).toAbsolutePath();
                    case "--steps" -> steps = numbers(value);
                    case "--report" -> report = Path.of(value).toAbsolutePath();
                    default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
                }
            }
            return new Options(root, steps, report == null ? root.resolve("examples/iptv/report.json") : report);
        }

        /** {@code 1-4,7} means 1, 2, 3, 4, 7. */
        static Set<Integer> numbers(String text) {
            var found = new TreeSet<Integer>();
            for (String range : text.split(",")) {
                int[] ends = Arrays.stream(range.split("-", 2))
                        .mapToInt(Integer::parseInt)
                        .toArray();
                IntStream.rangeClosed(ends[0], ends[ends.length - 1]).forEach(found::add);
            }
            if (found.stream().anyMatch(number -> number < 1 || number > STEPS)) {
                throw new IllegalArgumentException("the story's steps are 1 to " + STEPS + ", not " + text);
            }
            return found;
        }
    }

    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(arguments);
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        boolean ok;
        try (Stage stage = Stage.open(options.root())) {
            Story story = new Story(stage.scene(), stage.rescue(), out::println);
            for (Step step : Story.steps()) {
                if (options.steps().contains(step.number())) {
                    out.println("step %2d      %s".formatted(step.number(), step.name()));
                    story.play(step);
                }
            }
            Report report = story.report();
            report.write(options.report());
            out.println();
            out.print(report.table());
            out.println("report: " + options.report());
            ok = report.ok();
        }
        // The client is gone now: what the processes take when nothing happens.
        out.println();
        out.println(Footprint.HEADER);
        Footprint.idle(options.root(), IDLE_SECONDS).forEach(use -> out.println(use.line()));
        // Nothing may keep the process after its answer: a client's thread may still wait for a dead server.
        System.exit(ok ? 0 : 1);
    }
}
