// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import org.jspecify.annotations.Nullable;

/** A record file as TwoSlotFile is: two slots, each with serial and checksum over value and file. */
final class SimulatedFile {
    /** {@code value} null: neither old nor new, the checksum tells. */
    private record Slot(long file, long serial, @Nullable Object value) {}

    /** What was read. */
    enum Found {
        VALUE,
        /** Never completely written. */
        NOTHING,
        /** Something was there, and no slot is whole. */
        DAMAGED
    }

    private final long name;
    private final @Nullable Slot[] slots = new @Nullable Slot[2];
    private int fresh;
    private long serial;
    private @Nullable Object value;

    SimulatedFile(long name) {
        this.name = name;
    }

    long name() {
        return name;
    }

    @Nullable
    Object value() {
        return value;
    }

    /** As after a start: nothing but the disk is known. */
    Found read() {
        serial = 0;
        fresh = 0;
        value = null;
        for (int at = 0; at < 2; at++) {
            if (isWhole(at) && serialOf(at) > serial) {
                serial = serialOf(at);
                fresh = at;
                value = valueOf(at);
            }
        }
        if (value != null) {
            return Found.VALUE;
        }
        return slots[0] == null ? Found.NOTHING : Found.DAMAGED;
    }

    /** Whether the next write needs space that the file does not have yet. */
    boolean grows() {
        return slots[1 - fresh] == null;
    }

    void write(Object next) {
        serial++;
        fresh = 1 - fresh;
        value = next;
        slots[fresh] = new Slot(name, serial, next);
    }

    void settle() {
        if (value == null) {
            return;
        }
        slots[1 - fresh] = new Slot(name, serial, value);
    }

    /** The write that is under way leaves a sector that is neither old nor new; false where the other slot would not do. */
    boolean tear() {
        return spoil(1 - fresh, new Slot(name, 0, null));
    }

    boolean corrupt(int slot) {
        return slots[slot] != null && spoil(slot, new Slot(name, 0, null));
    }

    void corruptBoth() {
        slots[0] = new Slot(name, 0, null);
        slots[1] = new Slot(name, 0, null);
        value = null;
    }

    /** Instead of settling this file, its slot lands in another. */
    boolean settleInto(SimulatedFile other, int slot) {
        return other.slots[slot] != null && other.spoil(slot, new Slot(name, serial, value));
    }

    /** One fault at a time: the other slot must hold what the voter may have told. A first write has none and told nothing. */
    private boolean spoil(int slot, Slot by) {
        boolean first = value == null && slots[1 - slot] == null;
        if (!first && (!isWhole(1 - slot) || valueOf(1 - slot) != value)) {
            return false;
        }
        slots[slot] = by;
        return true;
    }

    private boolean isWhole(int at) {
        Slot slot = slots[at];
        return slot != null && slot.file() == name && slot.value() != null;
    }

    private long serialOf(int at) {
        Slot slot = slots[at];
        return slot == null ? 0 : slot.serial();
    }

    private @Nullable Object valueOf(int at) {
        Slot slot = slots[at];
        return slot == null ? null : slot.value();
    }
}
