// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.Timing;
import io.metalha.node.core.VoterId;
import io.metalha.node.lease.LeaseConfig;
import io.metalha.node.lease.LeaseCore;
import io.metalha.node.lease.VoterSet;
import io.metalha.node.witness.PassiveVoter;
import io.metalha.node.witness.WitnessMemory;
import io.metalha.node.witness.WitnessSafeguard;
import io.metalha.node.witness.WitnessTiming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of keepers in one thread. The two hosts with the lowest numbers have copies of the data and run the groups; the
 * others are witnesses. Faults come for a while, then a majority at least heals, and each group must be up within {@link
 * #boundNanos}. Every heartbeat is simulated: no idle time is skipped.
 */
public final class Simulation {
    static final long MILLI = 1_000_000L;

    private static final long SECOND = 1_000 * MILLI;
    private static final int TRACE_LINES_MAX = 400_000;

    private final Plan plan;
    private final SplittableRandom random;
    private final Agenda agenda = new Agenda();
    private final Lane world = new Lane();
    private final List<SimulatedHost> hosts = new ArrayList<>();
    private final List<VoterId> voters;
    private final BiFunction<LeaseConfig, LongSupplier, LeaseCore> cores;
    private final Set<ToySafeguard> missing;
    private final Set<WitnessSafeguard> missingOfPassive;
    private final SplittableRandom passiveRandom;
    private final Map<VoterId, Duration> passive;
    private final @Nullable SimulatedLease object;
    private final @Nullable VoterChanges changes;
    private final List<String> trace = new ArrayList<>();
    private final long[] struck = new long[FaultKind.values().length];
    private final long applicationPauseMin;
    private final boolean mixedTimers;
    private final Truth[] truths;
    private final boolean[] born;
    final SimulatedNetwork network;
    private Timing configured;
    private Duration longestLease;
    private long now;
    private long events;

    /**
     * @param plan    decides everything
     * @param cores   makes a keeper's core
     * @param missing protections of the toy mirror that are taken away
     */
    public Simulation(Plan plan, BiFunction<LeaseConfig, LongSupplier, LeaseCore> cores, Set<ToySafeguard> missing) {
        this(plan, cores, missing, Set.of());
    }

    /** @param missingOfPassive protections of the passive voter's clients that are taken away */
    public Simulation(
            Plan plan,
            BiFunction<LeaseConfig, LongSupplier, LeaseCore> cores,
            Set<ToySafeguard> missing,
            Set<WitnessSafeguard> missingOfPassive) {
        this.plan = plan;
        this.random = new SplittableRandom(plan.seed());
        this.cores = cores;
        this.missing = missing;
        this.missingOfPassive = missingOfPassive;
        // Of its own, so that a cluster without such a voter is the same whatever is drawn for one.
        this.passiveRandom = new SplittableRandom(plan.seed() ^ 0x5eed_1ea5eL);
        // Everything is drawn, whatever the plan says of it: a plan with a fault less is the same cluster.
        int drawn = List.of(3, 3, 3, 2, 5).get(random.nextInt(5));
        int servers = plan.passive() ? (passiveRandom.nextInt(8) == 0 ? 4 : 2) : drawn;
        int first = plan.voters() == 0 ? servers : plan.voters();
        int count = plan.changing() ? first + VoterChanges.SPARES : first;
        int paths = chance(plan.quick() ? 0.2 : 0.5) ? 2 : 1;
        int groups = !chance(plan.quick() ? 0.1 : 0.4) ? 1 : 2 + random.nextInt(2);
        this.applicationPauseMin = plan.quick() || chance(0.5) ? 20 * MILLI : 20 * MILLI + random(180 * MILLI);
        this.mixedTimers = plan.quick() || chance(0.3);
        this.configured = withLease(chance(0.7) ? 800 : 500);
        this.longestLease = configured.lease();
        this.passive = plan.passive()
                ? Map.of(
                        new VoterId(count + 1),
                        Duration.ofSeconds(plan.quick() || passiveRandom.nextBoolean() ? 3 : 10))
                : Map.of();
        this.voters = IntStream.rangeClosed(1, count + passive.size())
                .mapToObj(VoterId::new)
                .toList();
        this.object = passive.isEmpty()
                ? null
                : new SimulatedLease(this, passiveRandom.split(), passiveLease().toNanos(), count);
        this.changes =
                plan.changing() ? new VoterChanges(this, new SplittableRandom(plan.seed() ^ 0x5e75_0fL), first) : null;
        this.network = new SimulatedNetwork(this, count, paths);
        this.truths = new Truth[groups];
        this.born = new boolean[groups];
        for (int group = 0; group < groups; group++) {
            truths[group] = new Truth(this, group);
        }
        for (VoterId voter : voters.subList(0, count)) {
            hosts.add(new SimulatedHost(this, voter, voter.number() <= 2, groups, count));
        }
    }

    /** Runs to the end, or throws {@link SimulationFailure}. */
    public void run() {
        try {
            live();
        } catch (SimulationFailure failure) {
            throw failure;
        } catch (RuntimeException bug) {
            throw new SimulationFailure("0 exception", describe("0 exception: " + bug), bug);
        }
    }

    private void live() {
        long drawn = plan.quick() ? 12 * SECOND : 100 * SECOND + random(480 * SECOND);
        long faulty = plan.faultyNanos() == 0 ? drawn : plan.faultyNanos();
        born[0] = true;
        for (int group = 1; group < born.length; group++) {
            int which = group;
            at(chance(0.5) ? 0 : random(faulty / 2), world, () -> bear(which));
        }
        hosts.stream().filter(this::isMember).forEach(SimulatedHost::boot);
        if (changes != null) {
            changes.begin();
        }
        Faults faults = new Faults(this, plan.kinds());
        faults.begin();
        runUntil(faulty);
        for (int group = 1; group < born.length; group++) {
            bear(group);
        }
        faults.heal();
        runUntil(faulty + boundNanos());
        for (Truth truth : truths) {
            truth.up(faulty, boundNanos());
        }
        runUntil(faulty + boundNanos() + 4 * SECOND);
        for (Truth truth : truths) {
            truth.stillUp(faulty + boundNanos() + SECOND);
        }
    }

    /**
     * Within which a group must be up after a majority healed: a voter that begins anew waits out the longest grant; one that
     * forgot learns how long that is from the others, and waits again; a write of the records that just failed is tried again after
     * a second, twice in a takeover; another second for rounds, back-off, and the peer's copy that is recorded Outdated. A voter that only
     * stores is watched for its lease, which a grant just given may outlast by one more, and its rounds are longer.
     */
    public long boundNanos() {
        long keepers = 2 * longestLease.plus(longestLease.dividedBy(50)).toNanos() + 4 * SECOND;
        return passive.isEmpty() ? keepers : keepers + 3 * passiveLease().toNanos();
    }

    private void bear(int group) {
        if (!born[group]) {
            born[group] = true;
            trace("group " + SimulatedGroup.keyOf(group) + " is made");
            hosts.forEach(host -> host.group(group).want());
        }
    }

    boolean isBorn(int group) {
        return born[group];
    }

    // ---- What is due

    private void runUntil(long end) {
        while (agenda.next() <= end) {
            now = agenda.next();
            Due due = agenda.remove();
            if (due.isOver()) {
                continue;
            }
            if (due.lane().isPaused(now)) {
                due.lane().keep(due);
            } else {
                events++;
                due.work().run();
            }
        }
        now = end;
    }

    /** As {@link #at}, for what comes from outside and finds whichever life is there. */
    void atAnyLife(long when, Lane lane, Runnable work) {
        agenda.add(Math.max(when, now), new Due(lane, Due.ANY_LIFE, work));
    }

    void at(long when, Lane lane, Runnable work) {
        agenda.add(Math.max(when, now), new Due(lane, lane.life(), work));
    }

    void pause(Lane lane, long until) {
        lane.pause(until);
        atAnyLife(until, world, () -> {
            if (!lane.isPaused(now)) {
                release(lane);
            }
        });
    }

    void release(Lane lane) {
        for (Due due : lane.release()) {
            agenda.add(now, due);
        }
    }

    /** For what belongs to no process. */
    Lane world() {
        return world;
    }

    long now() {
        return now;
    }

    // ---- The cluster

    List<SimulatedHost> hosts() {
        return hosts;
    }

    int hostCount() {
        return hosts.size();
    }

    private Duration passiveLease() {
        return passive.values().iterator().next();
    }

    /** The voter that only stores; there must be one. */
    VoterId passive() {
        return passive.keySet().iterator().next();
    }

    boolean isPassive(VoterId voter) {
        return passive.containsKey(voter);
    }

    @Nullable
    SimulatedLease object() {
        return object;
    }

    PassiveVoter passiveVoter(WitnessMemory memory) {
        WitnessTiming its = new WitnessTiming(passiveLease(), configured.driftPermille());
        return new PassiveVoter(SimulatedLease.CLUSTER, its, memory, missingOfPassive);
    }

    long passiveRandom(long bound) {
        return passiveRandom.nextLong(bound);
    }

    SplittableRandom splitPassiveRandom() {
        return passiveRandom.split();
    }

    /** Nothing that any server ever told is missing there. */
    boolean isEachStoreComplete() {
        Set<Long> groups = new HashSet<>();
        hosts.forEach(each -> groups.addAll(each.store().learnt()));
        return hosts.stream().allMatch(host -> host.store().isComplete(groups));
    }

    /** How often the object of the voter that only stores was written. */
    public long objectWrites() {
        return object == null ? 0 : object.writes();
    }

    SimulatedHost host(int number) {
        return hosts.get(number - 1);
    }

    int groups() {
        return truths.length;
    }

    Truth truth(int group) {
        return truths[group];
    }

    /**
     * For fencing alone, so that a seed without it is what it was before there was any. The constant leaves the seeds of the table in
     * docs/safety.md without.
     */
    SplittableRandom fencingRandom() {
        return new SplittableRandom(plan.seed() * 31 + 36_783);
    }

    boolean isQuick() {
        return plan.quick();
    }

    boolean has(ToySafeguard safeguard) {
        return !missing.contains(safeguard);
    }

    boolean may(FaultKind kind) {
        return plan.kinds().contains(kind);
    }

    void struck(FaultKind kind) {
        struck[kind.ordinal()]++;
    }

    LeaseCore core(VoterId self, VoterSet set, Timing timing) {
        SplittableRandom own = random.split();
        return cores.apply(new LeaseConfig(self, set.voters(), timing, passive, set.number()), own::nextLong);
    }

    /** The set that a new cluster begins with; 0 as its number where it is never changed. */
    VoterSet firstSet() {
        return changes == null ? new VoterSet(0, voters) : changes.published();
    }

    @Nullable
    VoterChanges changes() {
        return changes;
    }

    boolean isMember(SimulatedHost host) {
        return changes == null || changes.isMember(host);
    }

    /** The timers that a keeper which starts now reads. While a change is on its way some read the old. */
    Timing timing() {
        Timing read = mixedTimers && may(FaultKind.CONFIGURATION) && chance(0.4) ? withLease(500) : configured;
        longestLease = longestLease.compareTo(read.lease()) < 0 ? read.lease() : longestLease;
        return read;
    }

    void configure(long leaseMillis) {
        configured = withLease(leaseMillis);
    }

    private static Timing withLease(long leaseMillis) {
        Timing normal = Timing.normal();
        return new Timing(
                normal.heartbeat(),
                normal.peerTimeout(),
                Duration.ofMillis(leaseMillis),
                normal.stopMargin(),
                normal.agentDeadline(),
                normal.driftPermille());
    }

    long applicationPause() {
        return applicationPauseMin + random(2 * applicationPauseMin);
    }

    // ---- Chance

    /** 0 up to, not including, {@code bound}. */
    long random(long bound) {
        return random.nextLong(bound);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    // ---- What happened

    void trace(String what) {
        if (plan.tracing() && trace.size() < TRACE_LINES_MAX) {
            trace.add(now / 1000 + "us " + what);
        }
    }

    boolean isTracing() {
        return plan.tracing();
    }

    String describe(String failure) {
        return "seed " + plan.seed() + " at " + now / 1000 + "us: " + failure
                + (plan.tracing() ? "\n" + String.join("\n", trace) : "");
    }

    /** What happened so far, one line each; empty without tracing. */
    public List<String> trace() {
        return List.copyOf(trace);
    }

    public int voters() {
        return voters.size();
    }

    public long nowNanos() {
        return now;
    }

    /** Of the agenda, those that were carried out. */
    public long events() {
        return events;
    }

    /** How often each kind of fault struck so far. */
    public Map<FaultKind, Long> faults() {
        Map<FaultKind, Long> counts = new EnumMap<>(FaultKind.class);
        for (FaultKind kind : FaultKind.values()) {
            if (struck[kind.ordinal()] > 0) {
                counts.put(kind, struck[kind.ordinal()]);
            }
        }
        return counts;
    }

    /** How often a lease was granted. */
    public int grants() {
        return IntStream.range(0, truths.length).map(at -> truths[at].grants()).sum();
    }

    /** How often to another host than the one before. */
    public int takeovers() {
        return IntStream.range(0, truths.length)
                .map(at -> truths[at].takeovers())
                .sum();
    }

    /** How many writes were acknowledged. */
    public int writes() {
        return IntStream.range(0, truths.length).map(at -> truths[at].writes()).sum();
    }

    /** How many reads were answered. */
    public int reads() {
        return IntStream.range(0, truths.length).map(at -> truths[at].reads()).sum();
    }
}
