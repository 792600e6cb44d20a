// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.VoterId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.LongSupplier;

/** What one step puts out, and what the halves share: the time, the voters, the tokens of what is on the disk. */
final class Outbox {
    final LeaseConfig config;
    final int voters;
    final int self;
    private final Set<Safeguard> missing;
    private final int[] numbers;
    private final int[] leaseMillis;
    private final boolean[] passive;
    private final boolean[] forgetful;
    private final LongSupplier random;
    private final ArrayDeque<LeaseMessage> toSelf = new ArrayDeque<>();
    private List<LeaseEffect> effects = new ArrayList<>();
    private long now;
    private long token;
    private long persisted;

    Outbox(LeaseConfig config, LongSupplier random, Set<Safeguard> missing) {
        this.config = config;
        this.random = random;
        this.missing = missing;
        this.numbers = config.voters().stream().mapToInt(VoterId::number).toArray();
        this.voters = numbers.length;
        this.leaseMillis = config.voters().stream()
                .mapToInt(voter -> (int) config.leaseOf(voter).toMillis())
                .toArray();
        this.passive = new boolean[voters];
        this.forgetful = new boolean[voters];
        config.passive().keySet().forEach(voter -> passive[indexOf(voter.number())] = true);
        this.self = indexOf(config.self().number());
    }

    boolean has(Safeguard safeguard) {
        return !missing.contains(safeguard);
    }

    int majority() {
        return has(Safeguard.MAJORITY) ? config.majority() : Math.max(1, voters / 2);
    }

    /** A voter's place in arrays, -1 for a number that is none. */
    int indexOf(int number) {
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] == number) {
                return i;
            }
        }
        return -1;
    }

    /** What is asked of the voter at this place, and granted by it. */
    int leaseMillis(int voter) {
        return leaseMillis[voter];
    }

    /** Only stores: asking it costs a write somewhere, so it is asked when it is needed. */
    boolean isPassive(int voter) {
        return passive[voter];
    }

    /** It lacks what it once had, and wants to be told. */
    boolean isForgetful(int voter) {
        return forgetful[voter];
    }

    void forgetful(int voter, boolean forgot) {
        forgetful[voter] = forgot;
    }

    int selfNumber() {
        return numbers[self];
    }

    long now() {
        return now;
    }

    void now(long nanos) {
        now = Math.max(now, nanos);
    }

    /** 0 up to, not including, {@code bound}. */
    long random(long bound) {
        return Math.floorMod(random.getAsLong(), bound);
    }

    void add(LeaseEffect effect) {
        effects.add(effect);
    }

    List<LeaseEffect> drain() {
        if (effects.isEmpty()) {
            return List.of();
        }
        List<LeaseEffect> all = effects;
        effects = new ArrayList<>();
        return all;
    }

    void send(int to, LeaseMessage message) {
        if (to == self) {
            toSelf.add(message);
        } else {
            effects.add(new LeaseEffect.Send(config.voters().get(to), message));
        }
    }

    void sendOthers(LeaseMessage message) {
        for (int to = 0; to < voters; to++) {
            if (to != self) {
                send(to, message);
            }
        }
    }

    void sendAll(LeaseMessage message) {
        send(self, message);
        sendOthers(message);
    }

    /** What was sent to oneself takes the same way as everything else, without the network. */
    Queue<LeaseMessage> toSelf() {
        return toSelf;
    }

    long persist(long group, Epoch promised, GroupRecord record) {
        effects.add(new LeaseEffect.Persist(++token, group, promised, record));
        return token;
    }

    long persistStore(StoreState state, Duration longestGrant) {
        effects.add(new LeaseEffect.PersistStore(++token, state, longestGrant));
        return token;
    }

    void persisted(long upTo) {
        persisted = Math.max(persisted, Math.min(upTo, token));
    }

    boolean isPersisted(long writtenWith) {
        return persisted >= writtenWith || !has(Safeguard.PERSIST_FIRST);
    }
}
