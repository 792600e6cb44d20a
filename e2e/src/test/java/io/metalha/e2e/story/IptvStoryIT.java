// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.e2e.story.Report.StepResult;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Goal: the IPTV system of the README keeps its promises while its servers, cables and processes fail one after another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IptvStoryIT {
    private final Path root =
            Path.of(System.getProperty("metalha.root", "..")).toAbsolutePath().normalize();
    private Stage stage;
    private Story story;

    @BeforeAll
    void openTheStage() throws Exception {
        stage = Stage.open(root);
        story = new Story(stage.scene(), stage.rescue(), System.out::println);
    }

    static Stream<Step> steps() {
        var asked = StoryMain.Options.numbers(System.getProperty("metalha.steps", "1-10"));
        return Story.steps().stream().filter(step -> asked.contains(step.number()));
    }

    @Order(1)
    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void everyStepHolds(Step step) {
        StepResult result = story.play(step);
        assertTrue(result.ok(), () -> String.valueOf(result.parts()));
    }

    @Order(2)
    @Test
    void nothingWasLostAndNobodyWroteTwice() throws Exception {
        Report report = story.report();
        report.write(root.resolve("examples/iptv/report.json"));
        System.out.print(report.table());
        assertTrue(report.ok(), report::table);
    }

    @AfterAll
    void close() throws Exception {
        if (stage != null) {
            stage.close();
        }
    }
}
