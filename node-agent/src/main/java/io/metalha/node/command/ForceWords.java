// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.command;

import io.metalha.node.local.Message;
import java.util.List;
import java.util.Optional;

/** The words of {@code metalha-agent force-takeover}. */
final class ForceWords {
    static final String USAGE = """
            Usage: metalha-agent force-takeover GROUP --confirm GROUP [--node NODE] [--note TEXT]

            Starts GROUP on this server from this server's copy of the data although that copy is not up to date. What only a
            fresher copy holds is lost to the group; that copy is recorded as outdated, and when its server returns it is shown
            as split brain: never started and never overwritten by itself.

            Only freshness is forced: a majority of the voters must still grant the group, so it is never started beside a
            running one. Refused where the good copy can be reached now, and for a copy that is empty or half copied.

              --confirm GROUP   the name again, so that it is meant
              --node NODE       refuse unless this server is NODE
              --note TEXT       why, for the record

            Needs no API server. Root only. Then look at: metalha-agent explain GROUP. Exit status: 0 begun, 1 refused, 2 wrong
            words, 3 the agent does not answer.
            """;

    private ForceWords() {}

    /** The question to the agent; empty for wrong words, and for a cry for help. */
    static Optional<Message> read(List<String> words) {
        if (words.isEmpty() || words.getFirst().startsWith("-")) {
            return Optional.empty();
        }
        String group = words.getFirst();
        String confirm = "";
        String node = "";
        String note = "";
        for (int i = 1; i < words.size(); i += 2) {
            if (i + 1 == words.size()) {
                return Optional.empty();
            }
            String value = words.get(i + 1);
            switch (words.get(i)) {
                case "--confirm" -> confirm = value;
                case "--node" -> node = value;
                case "--note" -> note = value;
                default -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(Message.of(
                "force-takeover", "group", group, "confirm", confirm, "node", node, "user", user(), "note", note));
    }

    private static String user() {
        String sudo = System.getenv("SUDO_USER");
        return sudo == null ? System.getProperty("user.name", "") : sudo + " with sudo";
    }
}
