// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import java.util.BitSet;
import java.util.List;

/**
 * Acknowledged rows against the rows that are there.
 *
 * @param some the first few numbers of those that are missing
 */
public record LostRows(int acknowledged, int lost, List<Integer> some) {
    private static final int SHOWN = 20;

    /** More rows than the acknowledged ones may be there: an answer can get lost after the commit. */
    public static LostRows of(BitSet acknowledged, BitSet present) {
        var missing = (BitSet) acknowledged.clone();
        missing.andNot(present);
        return new LostRows(
                acknowledged.cardinality(),
                missing.cardinality(),
                missing.stream().limit(SHOWN).boxed().toList());
    }
}
