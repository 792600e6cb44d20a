// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void takesTheMiddle() {
        assertEquals(5, Figures.median(9, 1, 5));
        assertEquals(4, Figures.median(5, 1, 9, 2));
        assertEquals(9, Figures.max(5, 1, 9, 2));
        assertThrows(IllegalArgumentException.class, Figures::median);
    }
}
