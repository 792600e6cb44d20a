// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * examples/iptv/report.json.
 *
 * @param doubleWriters times at which two nodes had effects for one group
 * @param failovers takeovers after a failure, moves and ways home not counted
 * @param findings what the numbers above consist of, in words
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
@JsonPropertyOrder({"steps", "acknowledgedRows", "lostRows", "badResponses", "doubleWriters", "failovers", "findings"})
record Report(
        List<StepResult> steps,
        int acknowledgedRows,
        int lostRows,
        int badResponses,
        int doubleWriters,
        int failovers,
        List<String> findings) {

    /** A step; its figures are those of its part with the longest outage. */
    record StepResult(
            String name,
            boolean ok,
            @Nullable Long outageMillis,
            @Nullable Long boundMillis,
            Map<String, Long> phases,
            List<PartResult> parts) {

        static StepResult of(Step step, List<PartResult> parts) {
            Measured worst = Measured.NOTHING;
            boolean ok = true;
            for (PartResult part : parts) {
                worst = worst.worse(new Measured(part.outageMillis(), part.boundMillis(), part.phases()));
                ok &= part.ok();
            }
            return new StepResult(
                    step.number() + " " + step.name(),
                    ok,
                    worst.outageMillis(),
                    worst.boundMillis(),
                    worst.phases(),
                    parts);
        }
    }

    /** A part of a step. */
    record PartResult(
            String name,
            boolean ok,
            @Nullable Long outageMillis,
            @Nullable Long boundMillis,
            Map<String, Long> phases,
            @Nullable String problem) {

        static PartResult ok(String name, Measured measured) {
            return new PartResult(name, true, measured.outageMillis(), measured.boundMillis(), measured.phases(), null);
        }

        static PartResult failed(String name, String problem) {
            return new PartResult(name, false, null, null, Map.of(), problem);
        }
    }

    boolean ok() {
        return steps.stream().allMatch(StepResult::ok) && lostRows == 0 && badResponses == 0 && doubleWriters == 0;
    }

    void write(Path file) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(
                next,
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this) + "\n");
        Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    String table() {
        var table = new StringBuilder(
                "%-72s %-4s %10s %10s %7s%n".formatted("part", "ok", "outage ms", "bound ms", "ratio"));
        for (StepResult step : steps) {
            table.append("%-72s %-4s%n".formatted(step.name(), step.ok() ? "ok" : "NO"));
            for (PartResult part : step.parts()) {
                table.append("  %-70s %-4s %10s %10s %7s%n"
                        .formatted(
                                part.name(),
                                part.ok() ? "ok" : "NO",
                                part.outageMillis() == null ? "" : part.outageMillis(),
                                part.boundMillis() == null ? "" : part.boundMillis(),
                                ratio(part)));
            }
        }
        table.append("acknowledged rows %d, lost rows %d, bad responses %d, double writers %d, failovers %d%n"
                .formatted(acknowledgedRows, lostRows, badResponses, doubleWriters, failovers));
        findings.forEach(finding -> table.append("  finding: ").append(finding).append('\n'));
        return table.toString();
    }

    private static String ratio(PartResult part) {
        return part.boundMillis() == null || part.outageMillis() == null || part.outageMillis() == 0
                ? ""
                : "%.1f".formatted(part.boundMillis() / (double) part.outageMillis());
    }
}
