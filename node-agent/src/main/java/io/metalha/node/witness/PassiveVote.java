// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.lease.LeaseMessage.Accepted;
import io.metalha.node.lease.LeaseMessage.Held;
import io.metalha.node.lease.LeaseMessage.Prepare;
import io.metalha.node.lease.LeaseMessage.Promise;
import io.metalha.node.lease.LeaseMessage.Propose;
import io.metalha.node.lease.LeaseMessage.Refused;
import io.metalha.node.lease.LeaseMessage.Release;
import io.metalha.node.lease.LeaseMessage.Renew;
import io.metalha.node.lease.LeaseMessage.RenewAck;

/**
 * A voter's rules over one stored register: those of the lease package's {@code GroupVote}, where the state is a value and the disk is a write that
 * names the version.
 *
 * <p>A register that forgot takes a proposal and answers nothing else. That is safe: a proposal's record was adopted from a majority's promises, and no
 * candidate counts a promise that this voter has forgotten, since a restore takes longer than a candidate's two rounds.
 */
final class PassiveVote {
    private PassiveVote() {}

    /**
     * @param forgot         the register lacks what it once had
     * @param serialSeen     highest that is remembered of it
     * @param remainingNanos of the grant that it shows
     */
    static Outcome of(LeaseMessage request, Register register, boolean forgot, long serialSeen, long remainingNanos) {
        long serial = Math.max(register.serial(), serialSeen) + 1;
        return switch (request) {
            case Propose propose -> propose(propose, register, forgot, serial);
            case Prepare prepare when !forgot -> prepare(prepare, register, serial, remainingNanos);
            case Renew renew when !forgot -> renew(renew, register);
            case Release release when !forgot -> release(release, register, remainingNanos);
            default -> new Outcome.Silent();
        };
    }

    private static Outcome prepare(Prepare prepare, Register register, long serial, long remainingNanos) {
        long group = prepare.group();
        Epoch ballot = prepare.ballot();
        GroupRecord record = register.record();
        if (remainingNanos > 0) {
            return new Outcome.Said(new Held(group, ballot, record.epoch(), record.owner(), remainingNanos));
        }
        if (register.promised().isAbove(ballot)) {
            return new Outcome.Said(new Refused(group, ballot, register.promised()));
        }
        Promise promise = new Promise(group, ballot, prepare.sentNanos(), record);
        return ballot.equals(register.promised())
                ? new Outcome.Said(promise)
                : new Outcome.Changed(register.promise(serial, ballot), promise);
    }

    private static Outcome propose(Propose propose, Register register, boolean forgot, long serial) {
        GroupRecord value = propose.record();
        Epoch epoch = value.epoch();
        GroupRecord record = register.record();
        boolean freed = register.released() && epoch.equals(record.epoch());
        boolean repeated = epoch.equals(record.epoch()) && value.sequence() == record.sequence();
        if (register.promised().isAbove(epoch)) {
            return new Outcome.Said(new Refused(propose.group(), epoch, register.promised()));
        }
        if (freed || !(repeated || value.isAbove(record))) {
            return new Outcome.Silent();
        }
        Accepted accepted = new Accepted(propose.group(), epoch, value.sequence(), propose.sentNanos());
        return new Outcome.Changed(
                repeated && !forgot
                        ? register.renew(propose.leaseMillis())
                        : register.accept(serial, value, propose.leaseMillis()),
                accepted);
    }

    private static Outcome renew(Renew renew, Register register) {
        Epoch epoch = renew.epoch();
        boolean ours =
                epoch.equals(register.record().epoch()) && epoch.equals(register.promised()) && !register.released();
        return ours
                ? new Outcome.Changed(
                        register.renew(renew.leaseMillis()), new RenewAck(renew.group(), epoch, renew.sentNanos()))
                : new Outcome.Silent();
    }

    /** A grant that is over anyway needs no write. */
    private static Outcome release(Release release, Register register, long remainingNanos) {
        boolean running =
                release.epoch().equals(register.record().epoch()) && !register.released() && remainingNanos > 0;
        return running ? new Outcome.Freed(register.release()) : new Outcome.Silent();
    }
}
