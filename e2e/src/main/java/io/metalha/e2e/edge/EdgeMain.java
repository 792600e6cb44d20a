// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.metalha.e2e.edge.PowerLosses.Loss;
import io.metalha.e2e.evidence.Figures;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * {@code EdgeMain ROOT failover PROFILE ROUNDS} and {@code EdgeMain ROOT stress PROFILE MINUTES}: into
 * examples/lab/out/bench-failover-PROFILE.json and bench-stress-PROFILE.json.
 */
public final class EdgeMain {
    private static final int STEP_PERCENT = 10;

    private EdgeMain() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]).toAbsolutePath();
        String profile = arguments[2];
        int number = Integer.parseInt(arguments[3]);
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        boolean ok =
                switch (arguments[1]) {
                    case "failover" -> failover(root, profile, number, out);
                    case "stress" -> stress(root, profile, number, out);
                    default -> throw new IllegalArgumentException("unknown bench " + arguments[1]);
                };
        System.exit(ok ? 0 : 1);
    }

    private static boolean failover(Path root, String profile, int rounds, PrintStream out) throws Exception {
        List<Loss> losses;
        boolean realtime;
        try (Edge edge = Edge.open(root, profile, false)) {
            realtime = edge.realtime();
            losses = new PowerLosses(edge, out::println).play(rounds);
        }
        long[] outages = losses.stream().mapToLong(Loss::outageMillis).toArray();
        long above = losses.stream()
                .filter(loss -> loss.outageMillis() > loss.boundMillis())
                .count();
        var row = new LinkedHashMap<String, Object>();
        row.put("case", "power loss of the address's server, HTTP, profile " + profile);
        row.put("n", outages.length);
        row.put("medianMillis", Figures.median(outages));
        row.put("maxMillis", Figures.max(outages));
        row.put(
                "boundMillis",
                losses.stream().mapToLong(Loss::boundMillis).max().orElseThrow());
        row.put("aboveBound", above);
        row.put("realtime", realtime);
        row.put("measuredPercentOfBound", histogram(losses));
        write(root.resolve("examples/lab/out/bench-failover-" + profile + ".json"), Map.of("rows", List.of(row)), out);
        return above == 0;
    }

    private static boolean stress(Path root, String profile, int minutes, PrintStream out) throws Exception {
        Stress.Result result;
        boolean realtime;
        try (Edge edge = Edge.open(root, profile, true)) {
            realtime = edge.realtime();
            result = new Stress(edge, out::println).play(minutes);
        }
        Map<String, Object> report = Map.of("profile", profile, "realtime", realtime, "result", result);
        write(root.resolve("examples/lab/out/bench-stress-" + profile + ".json"), report, out);
        return result.failovers() == 0;
    }

    /** How many took how much of their bound, in steps of ten percent. */
    private static Map<Long, Long> histogram(List<Loss> losses) {
        return losses.stream()
                .collect(Collectors.groupingBy(
                        loss -> loss.outageMillis()
                                * 100
                                / Math.max(1, loss.boundMillis())
                                / STEP_PERCENT
                                * STEP_PERCENT,
                        TreeMap::new,
                        Collectors.counting()));
    }

    private static void write(Path file, Map<String, ?> report, PrintStream out) throws Exception {
        Files.createDirectories(file.getParent());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), report);
        out.println(new ObjectMapper().writeValueAsString(report));
        out.println("written to " + file);
    }
}
