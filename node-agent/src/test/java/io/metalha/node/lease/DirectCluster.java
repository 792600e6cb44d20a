// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.Timing;
import io.metalha.node.core.VoterId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Cores wired to each other without faults except those asked for: messages take 0.3 ms, the disk 2 ms, clocks agree. */
final class DirectCluster {
    static final long GROUP = TestVoter.GROUP;
    static final long MILLI = TestVoter.MILLI;

    private record Due(long at, long order, Runnable work) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    final class Node {
        final int number;
        LeaseCore core;
        StoreState state = StoreState.EMPTY;
        GroupRecord record = GroupRecord.EMPTY;
        Epoch promised = Epoch.NONE;
        boolean stored;
        int life;
        final List<LeaseEffect> effects = new ArrayList<>();

        Node(int number) {
            this.number = number;
        }

        void start() {
            life++;
            core = new LeaseCore(
                    new LeaseConfig(new VoterId(number), voters, Timing.normal()), () -> number * 31L, missing);
            List<LeaseEvent.StoredGroup> groups =
                    stored ? List.of(new LeaseEvent.StoredGroup(GROUP, promised, record)) : List.of();
            step(new LeaseEvent.Started(state, Duration.ofMillis(800), groups));
            for (Node other : nodes.values()) {
                if (other != this && other.core != null) {
                    other.step(new LeaseEvent.SessionChanged(new VoterId(number)));
                }
            }
            beat(life);
        }

        void powerOff() {
            life++;
            core = null;
        }

        void loseStore() {
            state = StoreState.EMPTY;
            stored = false;
            record = GroupRecord.EMPTY;
            promised = Epoch.NONE;
        }

        void want(long delayMillis, CopyEntry... copies) {
            step(new LeaseEvent.Want(GROUP, true, Duration.ofMillis(delayMillis), List.of(copies)));
        }

        void step(LeaseEvent event) {
            int present = life;
            for (LeaseEffect effect : core.step(event, new MonotonicTime(now))) {
                effects.add(effect);
                switch (effect) {
                    case LeaseEffect.Send(var to, var message) -> deliver(to.number(), message);
                    case LeaseEffect.Persist persist ->
                        after(2 * MILLI, () -> {
                            if (life == present) {
                                stored = true;
                                record = persist.record();
                                promised = persist.promised();
                                step(new LeaseEvent.Persisted(persist.token()));
                            }
                        });
                    case LeaseEffect.PersistStore persist ->
                        after(2 * MILLI, () -> {
                            if (life == present) {
                                state = persist.state();
                                step(new LeaseEvent.Persisted(persist.token()));
                            }
                        });
                    default -> {}
                }
            }
            tickAt(core.nextDeadlineNanos());
        }

        private void tickAt(long when) {
            if (when != Long.MAX_VALUE) {
                int present = life;
                long due = Math.max(when, now + 1);
                after(due - now, () -> {
                    if (life == present && core.nextDeadlineNanos() <= now) {
                        step(new LeaseEvent.Tick());
                    }
                });
            }
        }

        private void beat(int present) {
            if (life != present) {
                return;
            }
            core.renew(now, (group, counter, voter, lease, sent) -> {
                for (VoterId to : voters) {
                    if (to.number() != number) {
                        deliver(to.number(), new LeaseMessage.Renew(group, new Epoch(counter, voter), lease, sent));
                    }
                }
            });
            after(100 * MILLI, () -> beat(present));
        }

        private void deliver(int to, LeaseMessage message) {
            if (cut.contains(number * 10 + to)) {
                return;
            }
            after(300_000, () -> {
                Node receiver = nodes.get(to);
                if (receiver.core != null) {
                    receiver.step(new LeaseEvent.Received(new VoterId(number), message));
                }
            });
        }

        <T extends LeaseEffect> List<T> seen(Class<T> kind) {
            return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        boolean holds() {
            return core != null && core.usableUntilNanos(GROUP) > now;
        }
    }

    private final Set<Safeguard> missing = EnumSet.noneOf(Safeguard.class);
    final TreeMap<Integer, Node> nodes = new TreeMap<>();
    private final List<VoterId> voters;
    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private final Set<Integer> cut = new HashSet<>();
    private long order;
    long now = 1_000 * MILLI;

    DirectCluster(int size) {
        voters = IntStream.rangeClosed(1, size).mapToObj(VoterId::new).toList();
        voters.forEach(voter -> nodes.put(voter.number(), new Node(voter.number())));
    }

    static DirectCluster ofThree(Safeguard... missing) {
        return of(3, missing);
    }

    /** All have voted before, and have been up for two seconds. */
    static DirectCluster of(int size, Safeguard... missing) {
        var cluster = new DirectCluster(size);
        cluster.missing.addAll(List.of(missing));
        for (Node node : cluster.nodes.values()) {
            node.state = StoreState.VOTING;
            node.start();
        }
        cluster.run(2_000);
        return cluster;
    }

    Node node(int number) {
        return nodes.get(number);
    }

    void cutBothWays(int a, int b) {
        cut.add(a * 10 + b);
        cut.add(b * 10 + a);
    }

    void heal() {
        cut.clear();
    }

    void run(long millis) {
        runUntil(_ -> false, millis);
    }

    /** Answers how many milliseconds it took, or fails at the bound. */
    double runUntil(Predicate<DirectCluster> reached, long boundMillis) {
        long began = now;
        long end = now + boundMillis * MILLI;
        while (!queue.isEmpty() && queue.peek().at() <= end) {
            Due due = queue.remove();
            now = due.at();
            due.work().run();
            if (reached.test(this)) {
                return (now - began) / 1e6;
            }
        }
        now = end;
        return Double.POSITIVE_INFINITY;
    }

    private void after(long nanos, Runnable work) {
        queue.add(new Due(now + nanos, order++, work));
    }
}
