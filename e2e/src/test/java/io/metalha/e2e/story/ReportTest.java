// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.metalha.e2e.story.Report.PartResult;
import io.metalha.e2e.story.Report.StepResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final Step STEP = Step.of(4, "power");

    @Test
    void writesTheNamesThatReadersRelyOn(@TempDir Path directory) throws IOException {
        var step = StepResult.of(STEP, List.of(PartResult.ok("a", new Measured(1800L, 2600L, Map.of("detect", 900L)))));
        Path file = directory.resolve("report.json");
        new Report(List.of(step), 100, 0, 0, 0, 1, List.of()).write(file);
        var read = new ObjectMapper().readTree(file.toFile());
        assertEquals("4 power", read.at("/steps/0/name").asText());
        assertTrue(read.at("/steps/0/ok").asBoolean());
        assertEquals(1800, read.at("/steps/0/outageMillis").asLong());
        assertEquals(2600, read.at("/steps/0/boundMillis").asLong());
        assertEquals(900, read.at("/steps/0/phases/detect").asLong());
        for (String name : List.of("acknowledgedRows", "lostRows", "badResponses", "doubleWriters", "failovers")) {
            assertTrue(read.path(name).isNumber(), name);
        }
    }

    @Test
    void givesAStepTheFiguresOfItsLongestOutage() {
        var step = StepResult.of(
                STEP,
                List.of(
                        PartResult.ok("a", Measured.outage(300)),
                        PartResult.ok("b", new Measured(900L, 2000L, Map.of())),
                        PartResult.ok("c", Measured.NOTHING)));
        assertEquals(900, step.outageMillis());
        assertEquals(2000, step.boundMillis());
    }

    @Test
    void isNotOkWhenAPartFailedOrARowIsLost() {
        var good = StepResult.of(STEP, List.of(PartResult.ok("a", Measured.NOTHING)));
        var bad = StepResult.of(
                STEP, List.of(PartResult.ok("a", Measured.NOTHING), PartResult.failed("b", "it did not")));
        assertTrue(new Report(List.of(good), 9, 0, 0, 0, 0, List.of()).ok());
        assertFalse(new Report(List.of(good, bad), 9, 0, 0, 0, 0, List.of()).ok());
        assertFalse(new Report(List.of(good), 9, 1, 0, 0, 0, List.of()).ok());
        assertFalse(new Report(List.of(good), 9, 0, 0, 1, 0, List.of()).ok());
    }

    @Test
    void knowsTenSteps() {
        assertEquals(
                IntStream.rangeClosed(1, 10).boxed().toList(),
                Story.steps().stream().map(Step::number).toList());
    }

    @Test
    void selectsSteps() {
        assertEquals(Set.of(1, 2, 3, 7), StoryMain.Options.numbers("1-3,7"));
        assertThrows(IllegalArgumentException.class, () -> StoryMain.Options.numbers("11"));
        assertThrows(IllegalArgumentException.class, () -> StoryMain.Options.parse("--steps"));
    }
}
