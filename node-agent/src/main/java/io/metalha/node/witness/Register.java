// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;

/**
 * One group's vote as the object stores it.
 *
 * @param serial      grows with each promise and each record written; what a client remembers of it
 * @param promised    highest ballot promised
 * @param record      the value accepted last; {@link GroupRecord#EMPTY} for none
 * @param leaseMillis granted to the record's epoch, counted by each client from when it first saw this {@code renewal}
 * @param renewal     grows with each grant
 * @param released    the record's epoch gave its grant back, and gets none again
 */
public record Register(
        long serial, Epoch promised, GroupRecord record, int leaseMillis, long renewal, boolean released) {
    static final Register NONE = new Register(0, Epoch.NONE, GroupRecord.EMPTY, 0, 0, false);

    public Register {
        if (serial < 0 || renewal < 0 || leaseMillis < 0 || record.epoch().isAbove(promised)) {
            throw new IllegalArgumentException("no register: serial " + serial + ", renewal " + renewal + ", lease "
                    + leaseMillis + ", " + record.epoch() + " above " + promised);
        }
    }

    Register promise(long newSerial, Epoch ballot) {
        return new Register(newSerial, ballot, record, leaseMillis, renewal, released);
    }

    Register accept(long newSerial, GroupRecord value, int grantedMillis) {
        Epoch highest = promised.isAbove(value.epoch()) ? promised : value.epoch();
        return new Register(newSerial, highest, value, grantedMillis, renewal + 1, false);
    }

    Register renew(int grantedMillis) {
        return new Register(serial, promised, record, grantedMillis, renewal + 1, released);
    }

    Register release() {
        return new Register(serial, promised, record, leaseMillis, renewal, true);
    }

    /** Whether both show one and the same grant: then nobody renewed in between. */
    boolean isGrantOf(Register other) {
        return record.epoch().equals(other.record.epoch())
                && renewal == other.renewal
                && released == other.released
                && leaseMillis == other.leaseMillis;
    }
}
