// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.VoterId;
import io.metalha.node.lease.LeaseEffect;
import io.metalha.node.local.Message;
import io.metalha.node.membership.Membership;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;

/** The keeper's values as keeper.sock says them (docs/interfaces.md), and back. */
final class AgentLines {
    private AgentLines() {}

    static String copies(List<CopyEntry> copies) {
        return copies.isEmpty()
                ? "-"
                : copies.stream()
                        .map(copy -> copy.data() + ":" + copy.copy() + ":" + (copy.upToDate() ? "uptodate" : "outdated")
                                + ":" + Long.toHexString(copy.generation()))
                        .collect(Collectors.joining(","));
    }

    /** Throws IllegalArgumentException with the entry that is none. */
    static List<CopyEntry> copies(String list) {
        List<CopyEntry> copies = new ArrayList<>();
        for (String entry : StopList.split(list)) {
            String[] parts = entry.split(":", -1);
            if (parts.length != 4 || !(parts[2].equals("uptodate") || parts[2].equals("outdated"))) {
                throw new IllegalArgumentException("not data:copy:uptodate|outdated:generation: " + entry);
            }
            copies.add(new CopyEntry(
                    UUID.fromString(parts[0]),
                    UUID.fromString(parts[1]),
                    parts[2].equals("uptodate"),
                    Long.parseUnsignedLong(parts[3], 16)));
        }
        return copies;
    }

    /** {@code STALE_COPY} as {@code StaleCopy}. */
    static String camel(Enum<?> value) {
        return Arrays.stream(value.name().split("_"))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    static String session(long session) {
        return session == 0 ? "-" : "%016x".formatted(session);
    }

    static Message granted(KeeperGroup group, long waitedMillis) {
        return lease("granted", group, waitedMillis);
    }

    /** After hello: as {@code granted} was, with the record's present content. */
    static Message lease(KeeperGroup group) {
        return lease("lease", group, 0);
    }

    private static Message lease(String verb, KeeperGroup group, long waitedMillis) {
        return Message.of(
                verb,
                "group",
                group.name(),
                "epoch",
                group.held,
                "copies",
                copies(group.copies),
                "owner",
                group.previousOwner,
                "waitedMillis",
                waitedMillis);
    }

    static Message lost(KeeperGroup group, Epoch epoch, Enum<?> reason) {
        return Message.of("lost", "group", group.name(), "epoch", epoch, "reason", camel(reason));
    }

    static Message refused(KeeperGroup group, LeaseEffect.WantRefused refused) {
        return Message.of(
                "refused",
                "group",
                group.name(),
                "reason",
                camel(refused.reason()),
                "holder",
                refused.holder(),
                "epoch",
                refused.epoch(),
                "remainingMillis",
                refused.remaining().toMillis(),
                "copies",
                copies(refused.copies()));
    }

    static Message holder(KeeperGroup group, LeaseEffect.HolderChanged holder) {
        return Message.of(
                "holder",
                "group",
                group.name(),
                "epoch",
                holder.epoch(),
                "owner",
                holder.owner(),
                "remainingMillis",
                holder.remaining().toMillis());
    }

    static Message member(Membership membership, int peer, KeeperConfig.Voter voter) {
        VoterId id = voter.id();
        List<String> paths = new ArrayList<>();
        for (int path = 0; path < membership.paths().size(); path++) {
            if (voter.addresses().containsKey(membership.paths().get(path))) {
                paths.add(membership.paths().get(path) + ":" + (membership.isUp(peer, path) ? "up" : "down") + ":"
                        + membership.roundTripNanos(peer, path) / 1000);
            }
        }
        return Message.of(
                "member",
                "node",
                voter.name(),
                "number",
                id.number(),
                "alive",
                membership.isAlive(peer),
                "paths",
                String.join(",", paths),
                "session",
                session(membership.session(peer)));
    }
}
