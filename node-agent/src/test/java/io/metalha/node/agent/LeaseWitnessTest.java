// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.node.agent.config.ConfigStore;
import io.metalha.node.agent.config.Configuration;
import io.metalha.node.core.Epoch;
import io.metalha.node.lease.LeaseCodec;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A Lease votes, as the keeper and the operator see it of the agent. */
class LeaseWitnessTest extends WholeAgent {
    @Test
    void isAnsweredForAndReportedWhenItDoesNotVote() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.leaseCluster()).with(Lab.group("db", 1)));
        begin(List.of(Message.of("status", "realtime", "yes")));
        until("its vote counts", () -> votes().orElse(false));
        byte[] bytes = new byte[LeaseCodec.MESSAGE_BYTES_MAX];
        int length = LeaseCodec.encode(new LeaseMessage.Prepare(7, new Epoch(1, 1), 5), bytes, 0);
        String data = Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes, length));
        keeper.say(Message.of("ask", "voter", 3, "session", "1", "data", data));
        until("it promises", () -> keeper.heard("answer", "voter", "3") && keeper.heard("answer", "session", "1"));
        assertEquals(1, lease.writes());
        lease.reachable(false);
        until("it is told", () -> node.get().warnings().stream().anyMatch(each -> each.startsWith("LeaseDoesNotVote")));
        until("its vote counts no more", () -> !votes().orElse(true));
    }

    private Optional<Boolean> votes() {
        return Optional.ofNullable(node.get()).map(status -> status.keeper()).map(said -> said.leaseVotes());
    }
}
