// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.storm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.metalha.e2e.kube.Failover;
import io.metalha.e2e.story.Stage;
import io.metalha.e2e.story.Verdict;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code StormMain ROOT SEED MINUTES}: into examples/lab/out/storm.json; exit status 0 when nothing was found. */
public final class StormMain {
    private StormMain() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]).toAbsolutePath();
        long seed = Long.parseLong(arguments[1]);
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var report = new LinkedHashMap<String, Object>();
        boolean ok;
        try (Stage stage = Stage.open(root)) {
            var storm = new Storm(stage.scene(), stage.rescue(), new Random(seed), out::println);
            storm.rage(Duration.ofMinutes(Long.parseLong(arguments[2])));
            Verdict verdict = Verdict.of(stage.scene());
            List<String> differences = Copies.differences(stage.scene());
            Map<Long, Long> histogram = ratios(storm.failovers());
            report.put("seed", seed);
            report.put("rounds", storm.rounds());
            report.put("faults", storm.counts());
            report.put("takeovers", storm.failovers().size());
            report.put("measuredPercentOfBound", histogram);
            report.put("acknowledgedRows", verdict.acknowledgedRows());
            report.put("lostRows", verdict.lostRows());
            report.put("badResponses", verdict.badResponses());
            report.put("doubleWriters", verdict.doubleWriters());
            report.put("livenessMisses", storm.livenessMisses());
            report.put("differences", differences);
            report.put("findings", verdict.findings());
            boolean inBounds = histogram.keySet().stream().allMatch(percent -> percent < 100);
            ok = verdict.ok() && differences.isEmpty() && storm.livenessMisses().isEmpty() && inBounds;
        }
        Path file = root.resolve("examples/lab/out/storm.json");
        Files.createDirectories(file.getParent());
        var mapper = new ObjectMapper();
        mapper.enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), report);
        out.println(new ObjectMapper().writeValueAsString(report));
        System.exit(ok ? 0 : 1);
    }

    /** How much of its bound each takeover took by MetalHA's own measure, in steps of ten percent. */
    private static Map<Long, Long> ratios(List<Failover> failovers) {
        return failovers.stream()
                .filter(failover -> failover.boundMillis().isPresent())
                .collect(Collectors.groupingBy(
                        failover -> failover.outageMillis()
                                * 10
                                / failover.boundMillis().getAsLong()
                                * 10,
                        TreeMap::new,
                        Collectors.counting()));
    }
}
