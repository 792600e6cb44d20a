// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.metalha.e2e.story.Footprint.Use;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code BenchMain ROOT ROUNDS}: the failover figures, into examples/lab/out/bench-failover.json. */
public final class BenchMain {
    private static final int IDLE_SECONDS = 60;

    private BenchMain() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]).toAbsolutePath();
        int rounds = Integer.parseInt(arguments[1]);
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<Use> uses = Footprint.idle(root, IDLE_SECONDS);
        List<FailoverBench.Row> rows;
        try (Stage stage = Stage.open(root)) {
            rows = FailoverBench.run(stage.scene(), stage.rescue(), rounds, out::println);
            out.println(stage.scene().client().lostRows());
        }
        Path file = root.resolve("examples/lab/out/bench-failover.json");
        write(file, rows, uses);
        out.println();
        out.println(FailoverBench.HEADER);
        rows.forEach(row -> out.println(row.line()));
        out.println();
        out.println(Footprint.HEADER);
        uses.forEach(use -> out.println(use.line()));
        out.println("written to " + file);
        System.exit(rows.isEmpty() ? 1 : 0);
    }

    private static void write(Path file, List<FailoverBench.Row> rows, List<Use> uses) throws Exception {
        var figures = new ArrayList<Map<String, Object>>();
        for (FailoverBench.Row row : rows) {
            var figure = new LinkedHashMap<String, Object>();
            figure.put("case", row.caseName());
            figure.put("n", row.n());
            figure.put("medianMillis", row.medianMillis());
            figure.put("maxMillis", row.maxMillis());
            figure.put("boundMillis", row.boundMillis());
            figures.add(figure);
        }
        Files.createDirectories(file.getParent());
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(file.toFile(), Map.of("rows", figures, "footprint", uses));
    }
}
