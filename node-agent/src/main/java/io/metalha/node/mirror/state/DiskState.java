// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

/** What a copy's superblock says of its data. The numbers stand on disk. */
public enum DiskState {
    /** Never held any of the data: a device that was just given to the mirror. */
    BLANK(0, "Inconsistent"),
    /** Usable, and up to date as far as this copy knows. */
    UP_TO_DATE(1, "UpToDate"),
    /** Usable but old: another copy has writes that this one lacks. */
    OUTDATED(2, "Outdated"),
    /** In the middle of a resync: neither old nor new. */
    INCONSISTENT(3, "Inconsistent");

    private final int number;
    private final String shown;

    DiskState(int number, String shown) {
        this.number = number;
        this.shown = shown;
    }

    public int number() {
        return number;
    }

    /** DRBD's word for it. */
    public String shown() {
        return shown;
    }

    public static DiskState of(int number) {
        for (DiskState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        throw new IllegalArgumentException("no disk state: " + number);
    }
}
