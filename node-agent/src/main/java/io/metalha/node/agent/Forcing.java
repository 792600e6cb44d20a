// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.known.ForceCheck;
import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.local.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A person's word to start one group from this node's copies although they are stale, until the lease is granted or it is clear that it
 * will not be. Kept in memory only: after a restart of the agent a person asks again. One thread.
 *
 * <pre>
 *   Asking ─keeper: StaleCopy, and nothing speaks against it─► Forced ─granted─► Ended
 *     │ granted: it was fresh                                    │
 *     └──────────── refused, or a minute is over ────────────────┴───────────► Ended
 * </pre>
 */
final class Forcing {
    /** So long the lease is tried for. */
    static final Duration TRIED = Duration.ofSeconds(60);

    enum Is {
        ASKING,
        FORCED,
        GRANTED,
        REFUSED
    }

    private final Optional<Epoch> decidedOn;
    private final MonotonicTime since;
    private Is is = Is.ASKING;
    private String says = "the keeper was not heard yet";

    /** @param decidedOn the group's epoch that the person saw; empty for one who stands at this server */
    Forcing(Optional<Epoch> decidedOn, MonotonicTime since) {
        this.decidedOn = decidedOn;
        this.since = since;
    }

    Is is() {
        return is;
    }

    /** Why it was refused, or what is known of the copy that is taken. */
    String says() {
        return says;
    }

    boolean isOpen() {
        return is == Is.ASKING || is == Is.FORCED;
    }

    /**
     * The keeper's {@code refused} line. Its record is what counts: this node alone does not know which copy is good.
     *
     * @return the {@code force} line to tell the keeper, if it is time for it
     */
    Optional<Message> refused(Message line, List<ForceCheck.Copy> copies, Surroundings around) {
        String reason = line.get("reason");
        if (is != Is.ASKING || !reason.equals("StaleCopy")) {
            says = is == Is.ASKING ? "the keeper is refused the lease: " + reason : says;
            return Optional.empty();
        }
        Epoch epoch = Epoch.parse(line.get("epoch"));
        List<CopyEntry> record = copies(line.find("copies").orElse("-"));
        var seen = new ForceCheck.Seen(decidedOn, epoch, record, around.peer(), around.promotable(), around.heard());
        return switch (ForceCheck.judge(copies, seen)) {
            case ForceCheck.Verdict.Refuse(var why) -> {
                is = Is.REFUSED;
                says = why;
                yield Optional.empty();
            }
            case ForceCheck.Verdict.Accept(var accepted, var story) -> {
                is = Is.FORCED;
                says = story;
                yield Optional.of(
                        Message.of("force", "group", line.get("group"), "epoch", epoch, "copies", text(accepted)));
            }
        };
    }

    /** @param heard how long ago the peer was heard, in words */
    record Surroundings(String peer, boolean promotable, String heard) {}

    /** True when the mirrors must be told that an old copy is accepted. */
    boolean granted() {
        boolean forced = is == Is.FORCED;
        says = forced ? says : "the copy here is up to date by the record: no force was needed";
        is = Is.GRANTED;
        return forced;
    }

    /** True when it has just run out of time: the keeper is to forget it. */
    boolean turn(MonotonicTime now) {
        boolean over = isOpen() && now.since(since).compareTo(TRIED) >= 0;
        if (over) {
            says = "no lease within " + TRIED.toSeconds() + " s (" + says
                    + "); force takes a stale copy, never a group that a" + " majority does not grant";
            is = Is.REFUSED;
        }
        return over;
    }

    private static List<CopyEntry> copies(String list) {
        if (list.equals("-")) {
            return List.of();
        }
        return Arrays.stream(list.split(","))
                .map(entry -> entry.split(":", -1))
                .map(parts -> new CopyEntry(
                        UUID.fromString(parts[0]),
                        UUID.fromString(parts[1]),
                        parts[2].equals("uptodate"),
                        Long.parseUnsignedLong(parts[3], 16)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static String text(List<CopyEntry> copies) {
        return copies.stream()
                .map(copy -> copy.data() + ":" + copy.copy() + ":uptodate:" + Long.toHexString(copy.generation()))
                .collect(Collectors.joining(","));
    }
}
