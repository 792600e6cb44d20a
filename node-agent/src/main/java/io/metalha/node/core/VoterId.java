// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.core;

/** A voter's number, 1 to 65535; numbers are never reused within a cluster (safety rule 2). */
public record VoterId(int number) implements Comparable<VoterId> {
    public static final int MAX = 0xffff;

    public VoterId {
        if (number < 1 || number > MAX) {
            throw new IllegalArgumentException("voter number " + number + " is outside 1.." + MAX);
        }
    }

    @Override
    public int compareTo(VoterId other) {
        return Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return "v" + number;
    }
}
