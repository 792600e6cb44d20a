// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... words) {
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"explain", "describe", "lint", "completion"})
    void helpsEverywhere(String command) {
        assertEquals(0, run(command, "--help"), err::toString);
        assertTrue(out.toString().contains("Usage: kubectl-metalha " + command), out::toString);
    }

    @Test
    void saysExitStatusesAndVersion() {
        assertEquals(0, run("--help"));
        assertTrue(out.toString().contains("some nodes did not answer in time"), out::toString);
        assertEquals(0, run("--version"));
    }

    @Test
    void refusesWrongWordsWithTwo() {
        assertEquals(2, run("explain"));
        assertEquals(2, run("explain", "db", "--timeout", "soon"), err::toString);
        assertTrue(err.toString().contains("'soon' is no duration"), err::toString);
        assertEquals(2, run("completion", "fish"));
    }

    @Test
    void completesInBothShells() {
        assertEquals(0, run("completion", "bash"));
        assertTrue(out.toString().contains("complete -F"), out::toString);
        assertEquals(0, run("completion", "zsh"));
        assertTrue(out.toString().contains("compinit"), out::toString);
    }
}
