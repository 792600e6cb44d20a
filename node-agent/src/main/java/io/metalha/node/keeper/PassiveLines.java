// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.core.VoterId;
import io.metalha.node.lease.LeaseCodec;
import io.metalha.node.lease.LeaseEvent;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.local.Message;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Asks a voter that only stores by lines to this server's agent, and reads what it answers. The loop's thread. A line that is
 * not answered is a packet that was lost: the core asks again.
 *
 * <p>Each line names the keeper's session. Without: the keeper begins anew under another configuration, on the same connection, and takes an
 * answer to what its life before had asked; who resumed must count anew (safety rule 5).
 */
final class PassiveLines {
    private final Host host;
    private final KeeperConfig config;
    private final String session;
    private final byte[] bytes = new byte[LeaseCodec.MESSAGE_BYTES_MAX];

    PassiveLines(Host host, KeeperConfig config, long session) {
        this.host = host;
        this.config = config;
        this.session = AgentLines.session(session);
    }

    /** Nothing where {@code voter} is none that only stores. */
    void ask(VoterId voter, LeaseMessage message) {
        KeeperConfig.Voter asked = config.voters().get(voter);
        if (asked != null && asked.isPassive()) {
            int length = LeaseCodec.encode(message, bytes, 0);
            host.port()
                    .tellAgent(Message.of(
                            "ask",
                            "voter",
                            voter.number(),
                            "session",
                            session,
                            "data",
                            Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes, length))));
        }
    }

    /**
     * What the core is told; empty when it answers a session before this one, or speaks for a voter that has a keeper.
     *
     * @throws IllegalArgumentException when it is no such line
     */
    Optional<LeaseEvent> event(Message line) {
        VoterId voter = new VoterId((int) line.getLong("voter"));
        KeeperConfig.Voter answers = config.voters().get(voter);
        if (answers == null || !answers.isPassive() || !line.get("session").equals(session)) {
            return Optional.empty();
        }
        if (line.verb().equals("forgetful")) {
            return Optional.of(new LeaseEvent.Forgetful(voter, line.getBoolean("forgot")));
        }
        byte[] data = Base64.getUrlDecoder().decode(line.get("data"));
        return Optional.of(new LeaseEvent.Received(voter, LeaseCodec.decode(data, 0, data.length)));
    }
}
