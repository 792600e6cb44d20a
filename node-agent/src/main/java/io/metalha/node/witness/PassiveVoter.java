// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import io.metalha.node.core.MonotonicTime;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.lease.LeaseMessage.Ask;
import io.metalha.node.lease.LeaseMessage.AskGroups;
import io.metalha.node.lease.LeaseMessage.GroupsAre;
import io.metalha.node.lease.LeaseMessage.Standing;
import io.metalha.node.lease.LeaseMessage.StoreIs;
import io.metalha.node.lease.StoreState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One server's part in a voter that only stores: reads the object, answers this server's keeper in the voter's name, and writes what the answer says by
 * compare-and-swap before it is said.
 *
 * <p>Invariant: to all keepers together the clients of all servers are one voter, whose every change was made to the state that it was decided on
 * ({@link PassiveVote}), and who promises nothing while a grant may run ({@link Watch}). What an answer says is in the object, and that it is there
 * is remembered here, before the answer leaves.
 */
public final class PassiveVoter {
    /** Requests that wait: the newest of each kind and group. */
    private static final int WANTED_MAX = 4 * Registers.GROUPS_MAX;

    private final WitnessTiming timing;
    private final Set<WitnessSafeguard> missing;
    private final Watch watch;
    private final Map<Key, Wanted> wanted = new LinkedHashMap<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private List<WitnessEffect> effects = new ArrayList<>();
    private Call call = new Call.None();
    private boolean isCallVoid;
    /** What was seen is no longer what is there, or may not be: nothing is written before it was read again. */
    private boolean mustRead;

    private long now;
    private long nextRead = Long.MIN_VALUE;
    private long token;
    private long remembered;
    private long writes;
    private String trouble = "nothing was read yet";
    private @Nullable WitnessState told;
    private @Nullable Missed missedTold;

    private record Key(Class<?> kind, long group) {}

    private record Wanted(LeaseMessage message, long since) {}

    /** Said when the memory is on the disk. */
    private record Waiting(long token, LeaseMessage message) {}

    /** What the holders were told that the object lacks. */
    private record Missed(String uid, int groups, boolean blank, boolean complete) {}

    private sealed interface Call {
        record None() implements Call {}

        record Reading(long sent) implements Call {}

        record Writing(long sent, Snapshot target, Map<Key, Wanted> done, List<LeaseMessage> answers) implements Call {}
    }

    public PassiveVoter(String clusterUid, WitnessTiming timing, WitnessMemory memory) {
        this(clusterUid, timing, memory, EnumSet.noneOf(WitnessSafeguard.class));
    }

    public PassiveVoter(String clusterUid, WitnessTiming timing, WitnessMemory memory, Set<WitnessSafeguard> missing) {
        this.timing = timing;
        this.missing = Set.copyOf(missing);
        this.watch = new Watch(clusterUid, timing, memory, this.missing);
    }

    /** Takes one event; {@code time} never goes back. Answers what to do, in order. */
    public List<WitnessEffect> step(WitnessEvent event, MonotonicTime time) {
        now = Math.max(now, time.nanos());
        if (isCallVoid && isAnswer(event)) {
            // What was asked before tells nothing about now: look again.
            isCallVoid = false;
            mustRead = true;
            call = new Call.None();
            nextRead = now;
        } else {
            handle(event);
        }
        work();
        tell();
        List<WitnessEffect> all = effects;
        effects = new ArrayList<>();
        return all;
    }

    private static boolean isAnswer(WitnessEvent event) {
        return switch (event) {
            case WitnessEvent.Found _,
                    WitnessEvent.Absent _,
                    WitnessEvent.Written _,
                    WitnessEvent.Conflict _,
                    WitnessEvent.Failed _ -> true;
            case WitnessEvent.Tick _,
                    WitnessEvent.Asked _,
                    WitnessEvent.KeeperGone _,
                    WitnessEvent.Suspended _,
                    WitnessEvent.Remembered _ -> false;
        };
    }

    private void handle(WitnessEvent event) {
        switch (event) {
            case WitnessEvent.Tick _ -> {}
            case WitnessEvent.Asked(var message) -> asked(message);
            case WitnessEvent.KeeperGone _ -> {
                wanted.clear();
                waiting.clear();
                missedTold = null;
                isCallVoid |= call instanceof Call.Writing;
            }
            case WitnessEvent.Suspended _ -> {
                wanted.clear();
                waiting.clear();
                watch.lose();
                nextRead = now;
                isCallVoid = !(call instanceof Call.None);
            }
            case WitnessEvent.Found(var snapshot) -> found(snapshot);
            case WitnessEvent.Absent _ -> absent();
            case WitnessEvent.Written(var version) -> written(version);
            case WitnessEvent.Conflict _ -> {
                call = new Call.None();
                mustRead = true;
                nextRead = now;
            }
            case WitnessEvent.Failed(var reason) -> {
                call = new Call.None();
                mustRead = true;
                trouble = reason;
                nextRead = now + timing.againNanos();
            }
            case WitnessEvent.Remembered(long upTo) -> remembered(upTo);
        }
    }

    /** When the next {@link WitnessEvent.Tick} is due, {@link Long#MAX_VALUE} for never. */
    public long nextDeadlineNanos() {
        return call instanceof Call.None ? nextRead : Long.MAX_VALUE;
    }

    /** How often this server wrote the object. */
    public long writes() {
        return writes;
    }

    // ---- The keeper asks

    private void asked(LeaseMessage message) {
        switch (message) {
            case Ask ask -> standing(ask);
            case StoreIs store -> {
                // One that lacks something says nothing: called empty, it would let two replaced disks found the
                // cluster anew.
                if (store.answerWanted() && isReadable() && (watch.isBlank() || isWhole())) {
                    say(new StoreIs(watch.isBlank() ? StoreState.READY : StoreState.VOTING, 0, false));
                }
            }
            case AskGroups ask -> groups(ask);
            case LeaseMessage.Prepare _, LeaseMessage.Propose _, LeaseMessage.Renew _, LeaseMessage.Release _ -> {
                if (message instanceof LeaseMessage.Release) {
                    wanted.keySet().removeIf(key -> key.group() == message.group());
                }
                // The newest of its kind: its send time is the latest, from which the grant counts.
                Key key = new Key(message.getClass(), message.group());
                wanted.remove(key);
                if (wanted.size() < WANTED_MAX) {
                    wanted.put(key, new Wanted(message, now));
                }
            }
            case LeaseMessage _ -> {}
        }
    }

    private boolean isReadable() {
        return watch.isFresh(now) && watch.isOurs();
    }

    private void standing(Ask ask) {
        Snapshot seen = watch.seen();
        if (seen == null || !isReadable()) {
            return;
        }
        Register register = seen.registers().of(ask.group());
        say(new Standing(
                ask.group(),
                ask.sentNanos(),
                !watch.forgot(ask.group()),
                register.promised(),
                register.record(),
                watch.remainingNanos(ask.group(), now)));
    }

    private boolean isWhole() {
        Snapshot seen = watch.seen();
        return seen != null && seen.registers().complete() && watch.forgotten() == 0 && !isReplaced(seen);
    }

    private boolean isReplaced(Snapshot seen) {
        return !watch.memory().uid().isEmpty() && !watch.memory().uid().equals(seen.uid());
    }

    private void groups(AskGroups ask) {
        Snapshot seen = watch.seen();
        if (seen == null || !isReadable() || !isWhole()) {
            return;
        }
        List<Long> all = List.copyOf(seen.registers().byGroup().keySet());
        int from = Math.clamp(ask.from(), 0, all.size());
        int to = Math.min(all.size(), from + GroupsAre.KEYS_MAX);
        say(new GroupsAre(ask.from(), all.size(), all.subList(from, to), ask.sentNanos()));
    }

    // ---- The object

    private void found(Snapshot snapshot) {
        if (call instanceof Call.Reading(long sent)) {
            call = new Call.None();
            nextRead = now + timing.read().toNanos();
            observe(snapshot, sent);
        }
    }

    private void absent() {
        call = new Call.None();
        watch.lose();
        trouble = "";
        nextRead = now + timing.read().toNanos();
    }

    private void written(String version) {
        if (!(call instanceof Call.Writing(long sent, var target, var done, var answers))) {
            return;
        }
        call = new Call.None();
        nextRead = now + timing.read().toNanos();
        writes++;
        observe(new Snapshot(target.uid(), version, target.registers()), sent);
        // Not those that came again meanwhile, with a later send time.
        done.forEach((key, value) -> wanted.remove(key, value));
        answers.forEach(this::sayWhenRemembered);
    }

    private void observe(Snapshot snapshot, long sent) {
        trouble = "";
        mustRead = false;
        if (watch.observe(snapshot, sent, now)) {
            effects.add(new WitnessEffect.Remember(++token, watch.memory()));
        }
    }

    private void remembered(long upTo) {
        remembered = Math.max(remembered, Math.min(upTo, token));
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
            Waiting next = each.next();
            if (remembered >= next.token()) {
                each.remove();
                say(next.message());
            }
        }
    }

    private void sayWhenRemembered(LeaseMessage message) {
        if (remembered >= token || missing.contains(WitnessSafeguard.REMEMBERS_FIRST)) {
            say(message);
        } else {
            waiting.add(new Waiting(token, message));
        }
    }

    private void say(LeaseMessage message) {
        effects.add(new WitnessEffect.Answer(message));
    }

    // ---- Reading and writing

    private void work() {
        wanted.values().removeIf(each -> now - each.since() > timing.read().toNanos());
        if (!(call instanceof Call.None)) {
            return;
        }
        if (isReadable() && !mustRead && !wanted.isEmpty()) {
            decide();
        }
        if (call instanceof Call.None && now >= nextRead) {
            call = new Call.Reading(now);
            effects.add(new WitnessEffect.Read());
        }
    }

    /** All that waits, on one state of the object: one write for what changes. */
    private void decide() {
        Snapshot seen = watch.seen();
        if (seen == null) {
            return;
        }
        Registers next = seen.registers();
        Map<Key, Wanted> writing = new LinkedHashMap<>();
        List<LeaseMessage> answers = new ArrayList<>();
        for (var each : List.copyOf(wanted.entrySet())) {
            LeaseMessage message = each.getValue().message();
            long group = message.group();
            boolean forgot = watch.forgot(group);
            Outcome outcome = PassiveVote.of(
                    message, next.of(group), forgot, watch.memory().serial(group), watch.remainingNanos(group, now));
            switch (outcome) {
                case Outcome.Silent _ -> wanted.remove(each.getKey());
                case Outcome.Said(var answer) -> {
                    wanted.remove(each.getKey());
                    sayWhenRemembered(answer);
                }
                case Outcome.Freed(var register) -> {
                    next = next.with(group, register, next.complete());
                    writing.put(each.getKey(), each.getValue());
                }
                case Outcome.Changed(var register, var answer) -> {
                    Registers grown = next.with(group, register, next.complete() && !forgot);
                    if (grown.fits()) {
                        next = grown;
                        writing.put(each.getKey(), each.getValue());
                        answers.add(answer);
                    } else {
                        wanted.remove(each.getKey());
                    }
                }
            }
        }
        if (!writing.isEmpty()) {
            Snapshot target = new Snapshot(seen.uid(), seen.version(), next.written());
            call = new Call.Writing(now, target, writing, answers);
            boolean swaps = !missing.contains(WitnessSafeguard.COMPARE_AND_SWAP);
            effects.add(new WitnessEffect.Write(seen.uid(), swaps ? seen.version() : "", target.registers()));
        }
    }

    // ---- What is told

    private void tell() {
        WitnessState state = state();
        if (!state.equals(told)) {
            told = state;
            effects.add(new WitnessEffect.Tell(state));
        }
        Snapshot seen = watch.seen();
        if (seen == null || !isReadable()) {
            return;
        }
        Missed missed = new Missed(
                seen.uid(), watch.forgotten(), watch.isBlank(), seen.registers().complete() && !isReplaced(seen));
        if (!missed.equals(missedTold)) {
            missedTold = missed;
            effects.add(new WitnessEffect.Forgetful(missed.groups() > 0 || missed.blank() || !missed.complete()));
        }
    }

    private WitnessState state() {
        Snapshot seen = watch.seen();
        if (seen == null && trouble.isEmpty()) {
            return new WitnessState.Missing();
        }
        if (seen == null || !watch.isFresh(now)) {
            return new WitnessState.Unreachable(trouble.isEmpty() ? "the last answer is old" : trouble);
        }
        if (!watch.isOurs()) {
            return new WitnessState.Foreign(seen.registers().clusterUid());
        }
        int forgotten = watch.forgotten();
        if (forgotten > 0 || isReplaced(seen)) {
            return new WitnessState.Forgot(forgotten);
        }
        return watch.isWatchedLongEnough(now) ? new WitnessState.Voting() : new WitnessState.Watching();
    }
}
