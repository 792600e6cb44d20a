// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is due, earliest first; of the same nanosecond what was put in first. A heap of four children a place over two
 * arrays: comparing keys touches no object, and most of what is put in is due soon and rises few places.
 */
final class Agenda {
    /** Bits of a key for the order within a nanosecond; after 4 million entries it begins anew. */
    private static final int ORDER_BITS = 22;

    /** The other 41 bits: 36 virtual minutes. No run lasts so long, so what is due later is never due. */
    private static final long AT_MAX = (1L << (63 - ORDER_BITS)) - 1;

    private static final long ORDER_MASK = (1L << ORDER_BITS) - 1;

    private long[] keys = new long[128];
    private @Nullable Due[] items = new @Nullable Due[128];
    private int size;
    private long order;

    /** When the first is due; the greatest long for never. */
    long next() {
        return size == 0 ? Long.MAX_VALUE : keys[0] >>> ORDER_BITS;
    }

    void add(long at, Due due) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
            items = Arrays.copyOf(items, 2 * size);
        }
        long key = Math.min(at, AT_MAX) << ORDER_BITS | (order++ & ORDER_MASK);
        int hole = size++;
        while (hole > 0 && keys[(hole - 1) >> 2] > key) {
            move((hole - 1) >> 2, hole);
            hole = (hole - 1) >> 2;
        }
        keys[hole] = key;
        items[hole] = due;
    }

    Due remove() {
        Due first = items[0];
        if (first == null) {
            throw new IllegalStateException("nothing is due");
        }
        long key = keys[--size];
        Due last = items[size];
        items[size] = null;
        if (size > 0) {
            int hole = sink(key);
            keys[hole] = key;
            items[hole] = last;
        }
        return first;
    }

    /** Moves earlier ones up from the root; answers where {@code key} belongs. */
    private int sink(long key) {
        int hole = 0;
        for (int first = 1; first < size; first = 4 * hole + 1) {
            int least = first;
            for (int child = first + 1; child < Math.min(first + 4, size); child++) {
                least = keys[child] < keys[least] ? child : least;
            }
            if (keys[least] >= key) {
                break;
            }
            move(least, hole);
            hole = least;
        }
        return hole;
    }

    private void move(int from, int to) {
        keys[to] = keys[from];
        items[to] = items[from];
    }
}
