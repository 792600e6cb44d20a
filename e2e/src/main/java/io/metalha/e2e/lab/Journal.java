// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** What a machine's journal says, each line with the machine-wide monotonic time at which it was logged. */
public final class Journal {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Journal() {}

    /** One line. */
    public record Line(String node, long nanos, String unit, String message) {}

    /** @param json the output of {@code journalctl -o json}: an object a line; other lines are passed over */
    public static List<Line> parse(String node, String json) {
        var lines = new ArrayList<Line>();
        json.lines().filter(line -> line.startsWith("{")).forEach(line -> {
            try {
                JsonNode entry = MAPPER.readTree(line);
                // The sender's own stamp where there is one: the journal's is taken when it gets round to reading.
                long micros = entry.path("_SOURCE_MONOTONIC_TIMESTAMP")
                        .asLong(entry.path("__MONOTONIC_TIMESTAMP").asLong());
                lines.add(new Line(
                        node,
                        micros * 1000,
                        entry.path("_SYSTEMD_UNIT").asText(""),
                        entry.path("MESSAGE").asText("")));
            } catch (JsonProcessingException _) {
                // A line cut by the power loss.
            }
        });
        return lines;
    }
}
