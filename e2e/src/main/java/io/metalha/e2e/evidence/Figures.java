// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import java.util.Arrays;

/** Order statistics of a few measurements. */
public final class Figures {
    private Figures() {}

    /** The middle one; of an even number the mean of the two in the middle, rounded. */
    public static long median(long... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no value has no median");
        }
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : Math.round((sorted[middle - 1] + sorted[middle]) / 2.0);
    }

    public static long max(long... values) {
        return Arrays.stream(values).max().orElseThrow();
    }
}
