// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.LeaseWitnessSpec;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterStatus;
import io.metalha.api.v1alpha1.VoterRole;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.agent.config.KeeperConf;
import io.metalha.node.agent.witness.MemoryFile;
import io.metalha.node.agent.witness.WitnessClient;
import io.metalha.node.lease.LeaseCodec;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.local.Message;
import io.metalha.node.witness.WitnessState;
import io.metalha.node.witness.WitnessTiming;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Lease that votes, between this server's keeper and the API server: begins and ends its client with the cluster's manifest, hands lines over. The
 * agent's thread, but for what the client says.
 */
final class LeaseWitness {
    /** What a client was begun for; another needs another client. */
    private record Votes(int number, String clusterUid, String object, Duration grant, int driftPermille) {}

    private final AgentContext context;
    private final VoterObjects objects;
    private Optional<Votes> votes = Optional.empty();
    private @Nullable WitnessClient client;
    private String session = "";
    private volatile Optional<WitnessState> state = Optional.empty();
    private Optional<String> fault = Optional.empty();

    LeaseWitness(AgentContext context, VoterObjects objects) {
        this.context = context;
        this.objects = objects;
    }

    /** A machine that only votes never wants a group, so it asks nobody. */
    void use(MetalCluster cluster) {
        Optional<Votes> next = context.conf().witness() ? Optional.empty() : votes(cluster);
        if (next.equals(votes)) {
            return;
        }
        end();
        votes = next;
        next.ifPresent(this::begin);
    }

    private static Optional<Votes> votes(MetalCluster cluster) {
        MetalClusterStatus status = cluster.getStatus();
        if (status == null || status.voters() == null) {
            return Optional.empty();
        }
        return status.voters().voters().stream()
                .filter(voter -> voter.role() == VoterRole.LEASE)
                .findFirst()
                .map(voter -> new Votes(
                        voter.number(),
                        cluster.getMetadata().getUid(),
                        LeaseWitnessSpec.objectName(cluster.getMetadata().getName(), voter.number()),
                        KeeperConf.grant(cluster),
                        KeeperConf.timing(cluster).driftPermille()));
    }

    private void begin(Votes one) {
        try {
            WitnessClient begun = WitnessClient.start(
                    objects.open(one.object(), one.grant()),
                    one.clusterUid(),
                    new WitnessTiming(one.grant(), one.driftPermille()),
                    new MemoryFile(context.paths().state().resolve("lease-witness-" + one.number())),
                    context.clock(),
                    new Told(one.number()));
            client = begun;
            if (!session.isEmpty()) {
                begun.keeperIs(session);
            }
            Journal.say("Lease " + one.object() + " is voter " + one.number() + "; a grant of it lasts "
                    + one.grant().toSeconds() + " s");
        } catch (IOException e) {
            fault = Optional.of("what was seen of it cannot be read: " + e.getMessage());
            Journal.say("Lease " + one.object() + " has no vote here: " + fault.get());
        }
    }

    private void end() {
        if (client != null) {
            client.close();
        }
        client = null;
        votes = Optional.empty();
        state = Optional.empty();
        fault = Optional.empty();
    }

    /** The keeper's {@code welcome}. */
    void welcome(Message line) {
        session = line.get("session");
        if (client != null) {
            client.keeperIs(session);
        }
    }

    /** The keeper's {@code ask}. Not answered for a voter that this agent does not know yet: the keeper asks again. */
    void ask(Message line) {
        long voter = line.getLong("voter");
        if (client != null && votes.filter(one -> one.number() == voter).isPresent()) {
            byte[] data = Base64.getUrlDecoder().decode(line.get("data"));
            client.asked(line.get("session"), LeaseCodec.decode(data, 0, data.length));
        }
    }

    /** Empty where the cluster has no such voter. */
    Optional<Boolean> isVoting() {
        return votes.map(
                _ -> state.filter(WitnessState.Voting.class::isInstance).isPresent());
    }

    /** Why it does not vote. */
    Optional<String> trouble() {
        if (votes.isEmpty()) {
            return Optional.empty();
        }
        return fault.or(() -> state.filter(one -> !(one instanceof WitnessState.Voting))
                        .map(WitnessState::sentence))
                .map(why -> "LeaseDoesNotVote: Lease " + votes.get().object() + ": " + why);
    }

    /** The client's thread. */
    private final class Told implements WitnessClient.Keeper {
        private final int number;
        private final byte[] bytes = new byte[LeaseCodec.MESSAGE_BYTES_MAX];

        Told(int number) {
            this.number = number;
        }

        @Override
        public void answer(String asker, LeaseMessage message) {
            int length = LeaseCodec.encode(message, bytes, 0);
            String data = Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes, length));
            context.keeper().send(Message.of("answer", "voter", number, "session", asker, "data", data));
        }

        @Override
        public void forgetful(String asker, boolean forgot) {
            context.keeper().send(Message.of("forgetful", "voter", number, "session", asker, "forgot", forgot));
        }

        @Override
        public void told(WitnessState next) {
            state = Optional.of(next);
            Journal.say("Lease that votes as " + number + ": " + next.sentence());
        }
    }
}
