// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {
    private static final List<String> HEAD = List.of("TYPE", "MESSAGE");
    private static final List<List<String>> ROWS = List.of(List.of("Ready", "all that is to run runs where it should"));

    @Test
    void wrapsTheLastColumnWithinTheTerminal() {
        var page = new Page(30, false);
        page.table(HEAD, ROWS);
        assertEquals("""
                TYPE   MESSAGE
                Ready  all that is to run runs
                       where it should
                """, page.toString());
    }

    @Test
    void leavesLinesWholeAndPlainWhereNoTerminalIs() {
        var page = new Page(0, true);
        page.heading("Conditions");
        page.table(HEAD, ROWS);
        assertEquals("""
                Conditions
                TYPE   MESSAGE
                Ready  all that is to run runs where it should
                """, page.toString());
        assertFalse(page.toString().contains("\u001b"));
    }
}
