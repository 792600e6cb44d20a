// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Whether a group may be started from this node's stale copies because a person said so, and what the person should know. What is
 * forced is freshness alone (safety rule 11): the keeper still asks a majority, under an epoch above all others.
 */
public final class ForceCheck {
    private ForceCheck() {}

    /**
     * One mirror here.
     *
     * @param disk       DRBD's word for this copy
     * @param peerCopy   id of the other copy, as far as it was ever met
     * @param generation of the data here
     * @param peerDisk   the connected peer's, {@code Unknown} without a connection
     */
    public record Copy(
            String name, String disk, UUID data, UUID copy, UUID peerCopy, long generation, String peerDisk) {}

    /**
     * What else is known.
     *
     * @param decidedOn  epoch that the person saw, where the word came through the API
     * @param epoch      of the record
     * @param record     what a majority has recorded of the copies
     * @param peer       the other node of the group
     * @param promotable whether the peer's agent answers and calls its copies good
     * @param heard      how long ago the peer was heard, in words
     */
    public record Seen(
            Optional<Epoch> decidedOn,
            Epoch epoch,
            List<CopyEntry> record,
            String peer,
            boolean promotable,
            String heard) {}

    /** The answer. */
    public sealed interface Verdict {
        record Refuse(String why) implements Verdict {}

        /** @param story which copy is taken, what it lacks, and where that was last seen */
        record Accept(List<CopyEntry> copies, String story) implements Verdict {}
    }

    public static Verdict judge(List<Copy> copies, Seen seen) {
        if (copies.isEmpty()) {
            return new Verdict.Refuse("the group has no mirrored disk here, so no copy is stale: use Start");
        }
        if (seen.decidedOn().filter(decided -> !decided.equals(seen.epoch())).isPresent()) {
            return new Verdict.Refuse(
                    "it was decided on epoch " + seen.decidedOn().get() + ", the record is of " + seen.epoch()
                            + ": look again what is the good copy now, then ask anew");
        }
        for (Copy copy : copies) {
            Optional<String> why = objection(copy, seen);
            if (why.isPresent()) {
                return new Verdict.Refuse(why.get());
            }
        }
        List<CopyEntry> accepted = copies.stream()
                .map(copy -> new CopyEntry(copy.data(), copy.copy(), true, copy.generation()))
                .toList();
        return new Verdict.Accept(accepted, story(copies, seen));
    }

    private static Optional<String> objection(Copy copy, Seen seen) {
        if (!copy.disk().equals("Outdated") && !copy.disk().equals("UpToDate")) {
            return Optional.of("the copy of " + copy.name() + " here is " + copy.disk()
                    + ": a copy that is empty, or stopped in the middle of a resync, is no state of the data");
        }
        boolean peersIsGood = fresher(copy, seen.record()).stream()
                .anyMatch(entry -> entry.copy().equals(copy.peerCopy()));
        if (peersIsGood && seen.promotable()) {
            return Optional.of(seen.peer() + " answers, and its copy of " + copy.name()
                    + " is up to date: no force is needed; Start the group, or Move it there");
        }
        if (copy.disk().equals("Outdated") && copy.peerDisk().equals("UpToDate")) {
            return Optional.of("the mirror of " + seen.peer() + " is connected and its copy of " + copy.name()
                    + " is up to date: no force is needed; repair " + seen.peer() + " and Start the group");
        }
        return Optional.empty();
    }

    private static String story(List<Copy> copies, Seen seen) {
        List<String> parts = new ArrayList<>();
        for (Copy copy : copies) {
            String here = copy.name() + ": the copy here (" + copy.copy() + ", " + copy.disk() + ", generation "
                    + Long.toHexString(copy.generation()) + ")";
            List<CopyEntry> fresher = fresher(copy, seen.record());
            boolean listed =
                    seen.record().stream().anyMatch(entry -> entry.copy().equals(copy.copy()) && entry.upToDate());
            if (listed) {
                parts.add(here + " is up to date by the record");
            } else if (fresher.isEmpty()) {
                parts.add(here + " is not in the record, nor is another");
            } else {
                String others = String.join(
                        ", ",
                        fresher.stream().map(entry -> told(entry, copy, seen)).toList());
                parts.add(here + " lacks what was acknowledged since; up to date is " + others
                        + "; all that only it holds is lost to this group");
            }
        }
        return String.join("; ", parts);
    }

    private static String told(CopyEntry entry, Copy copy, Seen seen) {
        String whose = entry.copy().equals(copy.peerCopy())
                ? seen.peer() + "'s, " + seen.heard()
                : "one that this server never met";
        return entry.copy() + " at generation " + Long.toHexString(entry.generation()) + " (" + whose + ")";
    }

    private static List<CopyEntry> fresher(Copy copy, List<CopyEntry> record) {
        return record.stream()
                .filter(entry -> entry.data().equals(copy.data())
                        && entry.upToDate()
                        && !entry.copy().equals(copy.copy()))
                .toList();
    }
}
