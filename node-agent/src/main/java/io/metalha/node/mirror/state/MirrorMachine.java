// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * One copy of a mirrored disk.
 *
 * <p>Invariant: there is no moment in which a write is neither mirrored nor marked, and none in which fewer copies hold an
 * acknowledged write than the record lists as up to date (safety rule 12). The steps that keep it:
 *
 * <pre>
 *              promote                       link lost
 *   Secondary ---------> route ---> Mirroring --------> Waiting  (frozen)
 *                          |  ^                            | a write waits, and: peer dead, or the grace is over
 *                          |  |  link back, same data      v
 *                          |  +------------------------ Outdating (frozen; proposal durable, majority asked)
 *                          v                               | answered: next generation durable
 *                        Alone <---------------------------+
 *                          | link, target Inconsistent durably            ^ link lost
 *                          v                                              |
 *                       Syncing --> Restoring (shared durably, majority asked) --> Telling --> Mirroring
 * </pre>
 *
 * <p>{@code shared} in the superblock is false exactly while a majority's record lists the other copy as Outdated.
 */
public final class MirrorMachine {
    private sealed interface Phase {}

    private record Secondary() implements Phase {}

    private record Mirroring() implements Phase {}

    private record Waiting(MonotonicTime since) implements Phase {}

    private record Outdating(long id, MonotonicTime retryAt, long next) implements Phase {}

    private record Alone(boolean asked) implements Phase {}

    private record Syncing() implements Phase {}

    private record Restoring(long id, MonotonicTime retryAt, long link) implements Phase {}

    private record Telling() implements Phase {}

    private sealed interface Link {}

    private record NoLink() implements Link {}

    /** @param differs whether blocks may differ although the generations are equal */
    private record Joined(long id, PeerView peer, boolean differs) implements Link {}

    private final boolean hasPeer;
    private final LongSupplier random;
    private final Flaps flaps;
    private final Divergence divergence = new Divergence();
    private MirrorTiming timing;
    private Superblock mine;
    private Phase phase = new Secondary();
    private Link link = new NoLink();
    private long peerAttach;
    private boolean peerAlive = true;
    private boolean writeWaits;
    private String draining = "";
    private String reason = "";
    private List<Effect> effects = new ArrayList<>();

    /**
     * @param random non-zero numbers that never repeat: generation identifiers, and request ids, for an answer names only
     *               its request's id and is shown to each mirror of the process
     */
    public MirrorMachine(Superblock superblock, boolean hasPeer, MirrorTiming timing, LongSupplier random) {
        this.mine = superblock;
        this.hasPeer = hasPeer;
        this.timing = timing;
        this.random = random;
        this.flaps = new Flaps(timing);
    }

    /** The cluster's timers changed. */
    public void timing(MirrorTiming next) {
        timing = next;
    }

    public List<Effect> step(Event event) {
        effects = new ArrayList<>();
        switch (event) {
            case Event.Promote e -> promote(e);
            case Event.Demote e -> demote(e);
            case Event.Drained e -> drained(e);
            case Event.LinkUp e -> linkUp(e);
            case Event.LinkDown e -> linkDown(e);
            case Event.Yield e -> effects.add(divergence.giveWay(e.request(), mine, isPrimary()));
            case Event.Saved e -> saved(e);
            case Event.PeerSaid e -> peerSaid(e);
            case Event.PeerAlive e -> {
                peerAlive = e.alive();
                considerOutdating(e.now());
            }
            case Event.Tick e -> tick(e);
            case Event.RecordAnswered e -> recordAnswered(e);
            case Event.ResyncFinished e -> resyncFinished(e);
        }
        return effects;
    }

    public MirrorView view() {
        return new MirrorView(
                mine,
                isPrimary(),
                connection(),
                link instanceof Joined joined ? shownDisk(joined) : null,
                promotable(),
                reason());
    }

    /** The peer may not know yet that it is old. */
    private DiskState shownDisk(Joined joined) {
        DiskState told = joined.peer().disk();
        boolean current =
                phase instanceof Mirroring || !isPrimary() && !(verdict(joined) instanceof Handshake.PeerIsOlder);
        return told == DiskState.UP_TO_DATE && !current ? DiskState.OUTDATED : told;
    }

    private void promote(Event.Promote e) {
        if (isPrimary()) {
            boolean same = mine.epoch().equals(e.epoch());
            if (same) {
                // Asked again because the answer was lost: attaching the attached succeeds.
                effects.add(new Effect.Attach(e.request(), e.epoch()));
            } else {
                answer(e.request(), "promoted", false, "is Primary under epoch " + mine.epoch() + " already");
            }
            return;
        }
        // Force makes an old copy usable, nothing else: what is blank or half copied stays refused.
        boolean forced = e.forced() && (mine.disk() == DiskState.OUTDATED || mine.isUpToDate());
        String refusal = forced ? Refusals.toForce(mine, peer(), e.epoch()) : refusal(e.epoch());
        if (!refusal.isEmpty()) {
            answer(e.request(), "promoted", false, refusal);
            return;
        }
        reason = "";
        divergence.promoted().ifPresent(effects::add);
        if (link instanceof Joined joined && joined.peer().primary()) {
            disconnect(joined, "a newer Primary took over here");
        }
        Superblock next = mine.withEpoch(e.epoch()).withClean(false);
        if (mine.isBlank()) {
            long size = link instanceof Joined joined
                    ? Math.min(mine.sizeBytes(), joined.peer().sizeBytes())
                    : mine.sizeBytes();
            UUID data = mine.proposed() != 0 ? mine.data() : new UUID(random.getAsLong(), random.getAsLong());
            next = next.founding(data, size);
        }
        persist(forced ? next.withDisk(DiskState.UP_TO_DATE) : next);
        effects.add(new Effect.Io(IoMode.FROZEN));
        if (link instanceof Joined joined) {
            effects.add(new Effect.Accept(joined.id(), false));
            tell(joined, new PeerMessage.Role(true, e.epoch(), mine.generations()));
        }
        if (forced) {
            // A generation of its own at once, not with the first write. Story, without: (1) server2 is forced, nothing
            // is written, and it is
            // stopped in order. (2) server1 is back; to the handshake this copy is merely old, and it marks itself so.
            // (3) The record names
            // this copy alone: neither side may start, and nobody sees that the two have parted.
            outdate(e.now());
        } else {
            route(e.now());
        }
        effects.add(new Effect.Attach(e.request(), e.epoch()));
    }

    /** Why this copy must not become Primary now; empty: it may. */
    private String refusal(Epoch epoch) {
        return Refusals.toPromote(mine, peer(), hasPeer, epoch);
    }

    /** Primary, frozen: where to go, seen what link there is. */
    private void route(MonotonicTime now) {
        if (mine.isBlank()) {
            outdate(now);
        } else if (link instanceof Joined joined) {
            // A proposal whose outcome is unknown: the record may list the peer as Outdated although nothing differs.
            boolean equal = verdict(joined) instanceof Handshake.Equal && !joined.differs() && mine.proposed() == 0;
            if (!mine.shared()) {
                goAlone();
                beginSync(now);
            } else if (equal) {
                phase = new Mirroring();
                effects.add(new Effect.Io(IoMode.MIRRORED));
            } else {
                outdate(now);
            }
        } else if (!mine.shared()) {
            goAlone();
        } else if (!hasPeer) {
            outdate(now);
        } else {
            phase = new Waiting(now);
            if (!peerAlive) {
                outdate(now); // taken over from the dead: the first write need not wait for a tick
            }
        }
    }

    private void goAlone() {
        phase = new Alone(false);
        effects.add(new Effect.Io(IoMode.ALONE));
    }

    /** Rule 14: only when a write waits, and the peer is known dead or did not come back within the grace. */
    private void considerOutdating(MonotonicTime now) {
        if (phase instanceof Waiting(var since)
                && link instanceof NoLink
                && writeWaits
                && (!peerAlive || now.isAtOrAfter(since.plus(timing.grace())))) {
            // A node that died is resynced when it is back, however often it dies: that was no failure of the link.
            if (peerAlive) {
                flaps.lost(now);
            }
            outdate(now);
        }
    }

    private void outdate(MonotonicTime now) {
        long next = random.getAsLong();
        // Written before it is asked for: after a crash this copy can tell that both generations are its own.
        persist(mine.withProposed(next));
        askOutdated(next, now);
    }

    private void askOutdated(long next, MonotonicTime now) {
        long id = random.getAsLong();
        phase = new Outdating(id, now.plus(timing.recordRetry()), next);
        effects.add(new Effect.AskRecord(id, copies(next, false)));
    }

    private void askUpToDate(long throughLink, MonotonicTime now) {
        long id = random.getAsLong();
        phase = new Restoring(id, now.plus(timing.recordRetry()), throughLink);
        effects.add(new Effect.AskRecord(id, copies(mine.generations().current(), true)));
    }

    private List<CopyEntry> copies(long generation, boolean peerUpToDate) {
        List<CopyEntry> copies = new ArrayList<>();
        copies.add(mine.entry(true, generation));
        if (!mine.peerCopy().equals(Superblock.NO_DATA)) {
            copies.add(new CopyEntry(
                    mine.data(),
                    mine.peerCopy(),
                    peerUpToDate,
                    peerUpToDate ? generation : mine.generations().current()));
        }
        return copies;
    }

    private void recordAnswered(Event.RecordAnswered e) {
        reason = e.ok() ? "" : "the record was not written: " + e.reason();
        switch (phase) {
            case Outdating(var id, var _, var next)
            when id == e.id() && e.ok() -> {
                persist(
                        mine.isBlank()
                                ? mine.founded(next)
                                : mine.withGenerations(mine.generations().goAlone(next), false));
                if (link instanceof Joined joined) {
                    tellRole(joined);
                }
                goAlone();
                beginSync(e.now());
            }
            case Restoring(var id, var _, var through)
            when id == e.id() -> {
                if (link instanceof Joined joined && joined.id() == through) {
                    if (e.ok()) {
                        phase = new Telling();
                        tell(joined, new PeerMessage.SyncDone(mine.generations()));
                    }
                } else {
                    // The record may say UpToDate now, and the peer was lost: nothing is acknowledged until it is
                    // changed.
                    route(e.now());
                }
            }
            case Secondary _, Mirroring _, Waiting _, Outdating _, Alone _, Syncing _, Restoring _, Telling _ -> {}
        }
    }

    private void tick(Event.Tick e) {
        writeWaits = e.writeWaits();
        switch (phase) {
            case Waiting _ -> considerOutdating(e.now());
            case Outdating(var _, var retryAt, var next)
            when e.now().isAtOrAfter(retryAt) -> askOutdated(next, e.now());
            case Restoring(var _, var retryAt, var through)
            when e.now().isAtOrAfter(retryAt) -> {
                if (link instanceof Joined joined && joined.id() == through) {
                    askUpToDate(through, e.now());
                } else {
                    // The answer was lost with whoever asked. The voters take requests in order: what is asked next
                    // counts.
                    route(e.now());
                }
            }
            case Alone _ -> beginSync(e.now());
            case Secondary _, Mirroring _, Outdating _, Syncing _, Restoring _, Telling _ -> {}
        }
    }

    private void beginSync(MonotonicTime now) {
        if (phase instanceof Alone(var asked) && !asked && link instanceof Joined joined && !flaps.hold(now)) {
            phase = new Alone(true);
            tell(joined, new PeerMessage.SyncBegin(mine.data(), mine.sizeBytes(), mine.epoch()));
        }
    }

    private void resyncFinished(Event.ResyncFinished e) {
        if (phase instanceof Syncing && link instanceof Joined joined && joined.id() == e.link()) {
            // Durable before the majority is asked: never recorded UpToDate while this side thinks Outdated.
            persist(mine.withGenerations(mine.generations(), true));
            askUpToDate(e.link(), e.now());
        }
    }

    private void linkUp(Event.LinkUp e) {
        boolean differs = e.dirty()
                || e.peer().dirty()
                || (e.unflushed() && peerAttach != e.peer().attach());
        Joined joined = new Joined(e.link(), e.peer(), differs);
        divergence.met(mine, e.peer());
        String refusal = Refusals.toJoin(mine, isPrimary(), e.peer());
        if (!refusal.isEmpty()) {
            reason = refusal;
            effects.add(new Effect.Disconnect(e.link(), refusal));
            return;
        }
        reason = "";
        link = joined;
        // A server that boots may have its mirror before the keepers hear it. The word that it is dead was about
        // before.
        peerAlive = true;
        peerAttach = e.peer().attach();
        if (!mine.peerCopy().equals(e.peer().copy())) {
            persist(mine.withPeerCopy(e.peer().copy()));
        }
        tellRole(joined);
        switch (phase) {
            case Secondary _ -> {
                outdatedBy(joined);
                if (e.peer().primary()) {
                    follow(joined, e.peer().epoch());
                }
            }
            case Waiting _ -> route(e.now());
            case Alone _ -> beginSync(e.now());
            case Outdating _, Restoring _ -> {} // first the answer
            case Mirroring _, Syncing _, Telling _ -> throw new IllegalStateException("a second link while " + phase);
        }
    }

    private void saved(Event.Saved e) {
        divergence.saved(e, mine, isPrimary()).ifPresent(ending -> {
            persist(ending.next());
            if (ending.answer().ok()) {
                reason = "";
            }
            effects.add(ending.answer());
        });
    }

    /** Meeting newer data, a copy that thought itself up to date learns better. */
    private void outdatedBy(Joined joined) {
        if (!isPrimary() && mine.isUpToDate() && verdict(joined) instanceof Handshake.WeAreOlder) {
            persist(mine.withDisk(DiskState.OUTDATED));
        }
    }

    private void follow(Joined joined, Epoch epoch) {
        if (epoch.isAbove(mine.epoch())) {
            persist(mine.withEpoch(epoch));
        }
        effects.add(new Effect.Accept(joined.id(), true));
    }

    private void linkDown(Event.LinkDown e) {
        if (!(link instanceof Joined joined) || joined.id() != e.link()) {
            return;
        }
        link = new NoLink();
        switch (phase) {
            case Mirroring _, Telling _ -> {
                phase = new Waiting(e.now().minus(e.tried()));
                effects.add(new Effect.Io(IoMode.FROZEN));
                considerOutdating(e.now());
            }
            // Recorded Outdated still: nothing to ask for.
            case Syncing _, Alone _ -> goAlone();
            case Restoring _ -> effects.add(new Effect.Io(IoMode.FROZEN));
            case Secondary _, Waiting _, Outdating _ -> {}
        }
    }

    private void peerSaid(Event.PeerSaid e) {
        if (!(link instanceof Joined joined) || joined.id() != e.link()) {
            return;
        }
        switch (e.message()) {
            case PeerMessage.Role(var primary, var epoch, var generations) -> {
                if (primary && (isPrimary() || mine.epoch().isAbove(epoch))) {
                    // A late word of before; its end is dealt with when it comes, as any loss is.
                    effects.add(new Effect.Disconnect(
                            joined.id(), "a Primary of epoch " + epoch + " is not followed after " + mine.epoch()));
                    return;
                }
                Joined seen =
                        new Joined(joined.id(), joined.peer().withRole(primary, epoch, generations), joined.differs());
                link = seen;
                outdatedBy(seen);
                if (primary) {
                    follow(joined, epoch);
                } else {
                    effects.add(new Effect.Accept(joined.id(), false));
                }
            }
            case PeerMessage.SyncBegin begin -> becomeTarget(joined, begin);
            case PeerMessage.SyncReady _ -> {
                if (phase instanceof Alone(var asked) && asked) {
                    phase = new Syncing();
                    boolean full = verdict(joined) instanceof Handshake.PeerIsOlder(var all) && all;
                    view(joined, DiskState.INCONSISTENT, joined.peer().generations());
                    effects.add(new Effect.Io(IoMode.SYNCING));
                    effects.add(new Effect.StartSync(joined.id(), full));
                }
            }
            case PeerMessage.SyncDone(var source) -> {
                if (phase instanceof Secondary && mine.disk() == DiskState.INCONSISTENT) {
                    persist(mine.withGenerations(mine.generations().adopt(source), true)
                            .withDisk(DiskState.UP_TO_DATE)
                            .withClean(true));
                    effects.add(new Effect.ClearDirty());
                    view(joined, DiskState.UP_TO_DATE, source.shared());
                    tell(joined, new PeerMessage.Synced());
                }
            }
            case PeerMessage.Synced _ -> {
                if (phase instanceof Telling) {
                    phase = new Mirroring();
                    persist(mine.withGenerations(mine.generations().shared(), true));
                    effects.add(new Effect.ClearDirty());
                    view(joined, DiskState.UP_TO_DATE, mine.generations());
                    effects.add(new Effect.Io(IoMode.MIRRORED));
                }
            }
        }
    }

    private void becomeTarget(Joined joined, PeerMessage.SyncBegin begin) {
        boolean mayBe = phase instanceof Secondary
                && joined.peer().primary()
                && !mine.epoch().isAbove(begin.epoch());
        boolean sameData = mine.isBlank() || mine.data().equals(begin.data());
        if (!mayBe || !sameData || mine.sizeBytes() < begin.sizeBytes()) {
            disconnect(joined, "a resync that this copy cannot follow was asked for");
            return;
        }
        persist(mine.target(begin.data(), begin.sizeBytes()));
        tell(joined, new PeerMessage.SyncReady());
    }

    private void view(Joined joined, DiskState disk, Generations generations) {
        PeerView seen = joined.peer().withDisk(disk, generations, mine.data(), false);
        link = new Joined(joined.id(), seen, disk != DiskState.UP_TO_DATE);
    }

    private void demote(Event.Demote e) {
        if (!isPrimary()) {
            answer(e.request(), "demoted", true, "");
            return;
        }
        if (e.hard()) {
            phase = new Secondary();
            draining = "";
            effects.add(new Effect.Io(IoMode.CLOSED));
            if (link instanceof Joined joined) {
                // Met again with a fresh look at what may differ.
                disconnect(joined, "demoted");
            }
            effects.add(new Effect.DetachHard(e.request()));
            return;
        }
        switch (phase) {
            case Mirroring _, Alone _, Syncing _ -> {
                draining = e.request();
                effects.add(new Effect.Drain());
            }
            case Waiting _, Outdating _, Restoring _, Telling _ ->
                answer(e.request(), "demoted", false, "its I/O waits: " + reason() + "; demote hard=true ends it");
            case Secondary _ -> throw new IllegalStateException("not Primary");
        }
    }

    private void drained(Event.Drained e) {
        if (draining.isEmpty()) {
            return;
        }
        boolean open =
                switch (phase) {
                    case Mirroring _, Alone _, Syncing _ -> true;
                    case Secondary _, Waiting _, Outdating _, Restoring _, Telling _ -> false;
                };
        if (e.ok() && open) {
            phase = new Secondary();
            effects.add(new Effect.Io(IoMode.CLOSED));
            persist(mine.withClean(true));
            if (link instanceof Joined joined) {
                tellRole(joined);
            }
        }
        answer(draining, "demoted", e.ok() && open, e.ok() && !open ? "the peer was lost meanwhile" : e.reason());
        draining = "";
    }

    private boolean isPrimary() {
        return !(phase instanceof Secondary);
    }

    private boolean promotable() {
        return !isPrimary()
                        && (mine.isUpToDate() || mine.isBlank())
                        && refusal(mine.epoch()).isEmpty()
                || isPrimary();
    }

    private Optional<PeerView> peer() {
        return link instanceof Joined joined ? Optional.of(joined.peer()) : Optional.empty();
    }

    private Handshake.Verdict verdict(Joined joined) {
        return Handshake.compare(mine, joined.peer());
    }

    private void persist(Superblock next) {
        if (!next.equals(mine)) {
            mine = next;
            effects.add(new Effect.Persist(next));
        }
    }

    private void tellRole(Joined joined) {
        tell(joined, new PeerMessage.Role(isPrimary(), mine.epoch(), mine.generations()));
    }

    private void tell(Joined joined, PeerMessage message) {
        effects.add(new Effect.Tell(joined.id(), message));
    }

    private void disconnect(Joined joined, String why) {
        link = new NoLink();
        effects.add(new Effect.Disconnect(joined.id(), why));
    }

    private void answer(String request, String verb, boolean ok, String why) {
        effects.add(new Effect.Answer(request, verb, ok, why));
    }

    private MirrorView.Connection connection() {
        return switch (link) {
            case NoLink _ -> divergence.isMet() ? MirrorView.Connection.SPLIT_BRAIN : MirrorView.Connection.CONNECTING;
            case Joined _
            when phase instanceof Syncing || phase instanceof Restoring -> MirrorView.Connection.SYNC_SOURCE;
            case Joined j
            when phase instanceof Secondary
                    && mine.disk() == DiskState.INCONSISTENT
                    && j.peer().primary() -> MirrorView.Connection.SYNC_TARGET;
            case Joined _ -> MirrorView.Connection.CONNECTED;
        };
    }

    private String reason() {
        if (!reason.isEmpty()) {
            return reason;
        }
        return switch (phase) {
            case Waiting _ -> "writes wait for the peer";
            case Outdating _ -> "writes wait until a majority records the peer Outdated";
            case Alone _
            when link instanceof Joined && flaps.isHolding() ->
                "the link was lost " + timing.flapsMax() + " times in a minute: resync waits";
            case Secondary _, Mirroring _, Alone _, Syncing _, Restoring _, Telling _ -> "";
        };
    }
}
