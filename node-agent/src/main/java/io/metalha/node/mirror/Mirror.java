// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.local.Message;
import io.metalha.node.mirror.data.DataPath;
import io.metalha.node.mirror.data.Replica;
import io.metalha.node.mirror.data.Resync;
import io.metalha.node.mirror.state.BlockSet;
import io.metalha.node.mirror.state.Effect;
import io.metalha.node.mirror.state.Event;
import io.metalha.node.mirror.state.IoMode;
import io.metalha.node.mirror.state.MirrorMachine;
import io.metalha.node.mirror.state.MirrorView;
import io.metalha.node.mirror.state.PeerMessage;
import io.metalha.node.mirror.state.PeerView;
import io.metalha.node.mirror.wire.Link;
import io.metalha.node.mirror.wire.PeerCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One mirror of this process: steps the state machine, one event at a time, and carries out its effects before the next.
 * Whatever thread learns of an event steps; none holds a lock of the data path then.
 */
final class Mirror {
    private final Copy copy;
    private final Device device;
    private final MirrorMachine machine;
    private final MonotonicClock clock;
    private final Outlet outlet;
    private final Dialer dialer;
    private final long attach;
    private final SilentLinks silentLinks;
    private final StateLine stateLine;
    private final LosersBlocks losersBlocks;

    private volatile MirrorConfig config;
    private volatile @Nullable Session session;
    private volatile boolean closed;

    private @Nullable Message pendingRecord;
    private Epoch forcedUnder = Epoch.NONE;
    private String failure = "";
    private String dialProblem = "";
    private int ticks;

    /** @param saved folder for blocks that give way in a split brain */
    Mirror(
            MirrorConfig config,
            Copy copy,
            Device device,
            MonotonicClock clock,
            LongSupplier random,
            Path saved,
            Outlet outlet) {
        this.config = config;
        this.copy = copy;
        this.device = device;
        this.clock = clock;
        this.outlet = outlet;
        this.attach = random.getAsLong();
        this.machine = new MirrorMachine(copy.superblock(), !config.peers().isEmpty(), config.timing(), random);
        this.silentLinks = new SilentLinks(config.timing().grace());
        this.losersBlocks = new LosersBlocks(config.name(), copy, saved);
        this.stateLine = new StateLine(config.name(), device);
        this.dialer = new Dialer(this);
        device.prepare();
        dialer.start();
    }

    MirrorConfig config() {
        return config;
    }

    synchronized void reconfigure(MirrorConfig next) {
        config = next;
        machine.timing(next.timing());
        silentLinks.grace(next.timing().grace());
    }

    Copy copy() {
        return copy;
    }

    DataPath data() {
        return copy.data();
    }

    long attach() {
        return attach;
    }

    byte[] key() throws IOException {
        return Files.readAllBytes(config.keyFile());
    }

    /** Whether there is no link, or one on which nothing is heard, so that the paths are tried. */
    boolean needsLink() {
        Session current = session;
        return current == null || current.link().isSilent();
    }

    /** What decides how long a link on which nothing is heard is kept. */
    SilentLinks silentLinks() {
        return silentLinks;
    }

    /** Makes room for a link whose other end has just proved itself; false when the present one is heard again. */
    boolean giveWay() {
        return SilentLinks.giveWay(session);
    }

    // What the agent asks for.

    synchronized void promote(String request, Epoch epoch) {
        if (!machine.view().primary() && !copy.lease().open(epoch)) {
            outlet.answer(
                    request,
                    Message.of(
                            "promoted",
                            "ok",
                            false,
                            "reason",
                            "the lease page shows no usable lease of " + config.group() + " under epoch " + epoch,
                            "device",
                            ""));
            return;
        }
        step(new Event.Promote(request, epoch, epoch.equals(forcedUnder), now()));
    }

    /** A person accepts this copy as it is, should it be promoted under this epoch. Not kept: a person asks again. */
    synchronized void force(Epoch epoch) {
        log("a person accepts this copy for epoch " + epoch);
        forcedUnder = epoch;
    }

    void demote(String request, boolean hard) {
        if (hard) {
            // What is being sent to a peer that takes nothing would keep the end waiting.
            SilentLinks.giveUpIfSilent(session, "the mirror is demoted");
        }
        step(new Event.Demote(request, hard));
    }

    /** The other side of a split brain wins. */
    void giveWay(String request) {
        step(new Event.Yield(request));
    }

    void peerAlive(boolean alive) {
        silentLinks.peerAlive(alive);
        step(new Event.PeerAlive(alive, now()));
        silentLinks.giveUpTheHopeless(session);
    }

    synchronized void answerRecord(long id, boolean ok, String reason) {
        if (pendingRecord != null && pendingRecord.getLong("id") == id) {
            pendingRecord = null;
            step(new Event.RecordAnswered(id, ok, reason, now()));
        }
    }

    /** What one who just connected must know. */
    synchronized void greet(java.util.function.Consumer<Message> to) {
        to.accept(stateLine.full(machine.view(), session, copy, failure, dialProblem));
        if (pendingRecord != null) {
            to.accept(pendingRecord);
        }
    }

    synchronized boolean isPrimary() {
        return machine.view().primary();
    }

    // What the peer does.

    /** Makes the link this mirror's one session; null when another stays. */
    @Nullable
    Session admit(Link link, boolean dialed, long peerAttach) throws IOException {
        Session joining = new Session(
                this, link, dialed, peerAttach, new Replica(copy.backing(), copy.sizeBytes(), link), copy.sizeBytes());
        while (true) {
            Session before;
            synchronized (this) {
                before = session;
                if (before == null && !closed) {
                    session = joining;
                    silentLinks.unwatch(link);
                    return joining;
                }
            }
            // Both sides may have dialed at once: the link dialed by the greater attach id stays.
            boolean keep = closed
                    || (before != null
                            && before.link().isOpen()
                            && !before.link().isSilent()
                            && before.peerAttach() == peerAttach
                            && before.dialed() != dialed
                            && before.dialed() == Long.compareUnsigned(attach, peerAttach) > 0);
            if (keep || before == null) {
                link.send(Message.of("busy", "reason", "there is a link already"));
                link.close("there is a link already");
                return null;
            }
            before.link().close("replaced by a newer link");
            try {
                if (!before.awaitEnd()) {
                    link.close("the former link does not end");
                    return null;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                link.close("interrupted");
                return null;
            }
        }
    }

    /** Serves it until it ends. */
    void serve(Session admitted) throws IOException {
        Link link = admitted.link();
        PeerView mine;
        BlockSet dirty;
        synchronized (this) {
            dirty = copy.data().markDirty(new BlockSet(0));
            mine = PeerView.of(machine.view().superblock(), machine.view().primary(), attach, !dirty.isEmpty());
        }
        Thread reader = Thread.ofPlatform()
                .daemon()
                .name("mirror-link-" + config.name())
                .unstarted(admitted::run);
        if (!admitted.dialed()) {
            welcome(link);
        }
        // Started whatever happened to the link: only its end makes room for another session.
        reader.start();
        try {
            admitted.introduce(mine, dirty);
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            link.close("interrupted");
        }
    }

    private static void welcome(Link link) {
        try {
            link.send(Message.of("welcome"));
        } catch (IOException e) {
            // The link is closed now; its reader ends.
        }
    }

    synchronized void met(Session with, PeerView peer) {
        silentLinks.peerAlive(true);
        step(new Event.LinkUp(
                with.link().id(),
                peer,
                copy.data().dirtyBytes() > 0,
                copy.data().hasUnflushed(),
                now()));
        boolean diverged = machine.view().connection() == MirrorView.Connection.SPLIT_BRAIN;
        losersBlocks.met(diverged ? with.peerDirty() : null);
    }

    void peerSaid(Session with, PeerMessage message) {
        step(new Event.PeerSaid(with.link().id(), message, now()));
    }

    synchronized void ended(Session gone, boolean met) {
        if (session == gone) {
            session = null;
            dialer.wake();
        }
        if (met) {
            log("link " + gone.link().path() + " ended: " + gone.link().closedBecause());
            step(new Event.LinkDown(gone.link().id(), SilentLinks.triedInVain(gone.link()), now()));
        }
    }

    synchronized void dialFailed(String address, String why) {
        dialProblem = address + ": " + why;
    }

    /** Called every {@link Link#TICK_MILLIS} by a thread of its own: nothing that waits for a peer may delay its being given up. */
    void listen() {
        silentLinks.listen();
        Session current = session;
        if (current != null) {
            current.link().listen();
            if (current.link().isSilent()) {
                dialer.wake();
                silentLinks.giveUpTheHopeless(current);
            }
        }
    }

    /** Called every 25 ms. */
    void tick() {
        Session current = session;
        if (++ticks % 2 == 0 && current != null) {
            current.link().ping();
        }
        copy.data().tick();
        step(new Event.Tick(now(), copy.data().requestWaits()));
    }

    // Effects.

    private synchronized void step(Event event) {
        if (closed) {
            return;
        }
        try {
            for (Effect effect : machine.step(event)) {
                if (!(effect instanceof Effect.Tell)) {
                    log(effect.toString());
                }
                execute(effect);
            }
        } catch (IOException e) {
            fail(e);
        }
        for (Message line : stateLine.news(machine.view(), session, copy, failure, dialProblem)) {
            outlet.push(line);
        }
    }

    private void execute(Effect effect) throws IOException {
        Session current = session;
        switch (effect) {
            case Effect.Persist(var superblock) -> copy.persist(superblock);
            case Effect.Io(var mode) -> copy.data().mode(mode, current == null ? null : current.link());
            case Effect.Attach(var request, var epoch) ->
                device.attach(copy.superblock().sizeBytes(), (ok, said) -> {
                    log("attached for epoch " + epoch + ": " + said);
                    outlet.answer(
                            request,
                            Message.of("promoted", "ok", ok, "reason", ok ? "" : said, "device", ok ? said : ""));
                });
            case Effect.DetachHard(var request) -> {
                var _ = copy.lease().open(Epoch.NONE);
                device.sever((ok, said) -> answered(request, "demoted", ok, said));
            }
            case Effect.Drain _ -> device.release(copy.data(), (ok, said) -> step(new Event.Drained(ok, said)));
            case Effect.Answer(var request, var verb, var ok, var reason) -> answered(request, verb, ok, reason);
            case Effect.AskRecord(var id, var copies) -> {
                pendingRecord =
                        Message.of("record", "id", id, "mirror", config.name(), "copies", CopyList.encode(copies));
                outlet.push(pendingRecord);
            }
            case Effect.Tell(var id, var message) -> {
                if (isCurrent(id) && current != null) {
                    tell(current.link(), message);
                }
            }
            case Effect.Disconnect(var id, var reason) -> {
                if (isCurrent(id) && current != null) {
                    current.link().close(reason);
                    current.replica().accept(false);
                }
            }
            case Effect.Accept(var id, var accept) -> {
                if (isCurrent(id) && current != null) {
                    current.replica().accept(accept);
                }
            }
            case Effect.StartSync(var id, var full) -> {
                if (isCurrent(id) && current != null) {
                    startSync(current, full);
                }
            }
            case Effect.SaveBlocks(var everything) -> losersBlocks.save(everything, this::step);
            case Effect.ClearDirty _ -> copy.data().clearDirty(machine.view().primary());
        }
    }

    private boolean isCurrent(long link) {
        return session != null && session.link().id() == link;
    }

    private void tell(Link link, PeerMessage message) {
        try {
            link.send(PeerCodec.encode(message));
        } catch (IOException e) {
            // The link is closed now; its end is an event of its own.
        }
    }

    private void startSync(Session with, boolean full) {
        BlockSet more = new BlockSet(copy.sizeBytes());
        if (full) {
            more.addRange(0, copy.superblock().sizeBytes());
        } else {
            more.addAll(with.peerDirty());
        }
        Resync resync = new Resync(copy.data(), with.link(), copy.data().markDirty(more), finished -> {
            log("resync finished: " + finished.summary() + ", disk " + copy.sizeBytes() + " bytes");
            step(new Event.ResyncFinished(with.link().id(), now()));
        });
        with.resync(resync);
        Thread.ofPlatform().daemon().name("mirror-resync-" + config.name()).start(resync);
    }

    private void answered(String request, String verb, boolean ok, String reason) {
        outlet.answer(request, Message.of(verb, "ok", ok, "reason", reason));
    }

    /** The backing device failed: nothing more is acknowledged here. */
    private void fail(IOException e) {
        failure = "the backing device failed: " + e.getMessage();
        log(failure);
        try {
            copy.data().mode(IoMode.CLOSED, null);
        } catch (IOException again) {
            log("and again: " + again.getMessage());
        }
    }

    /** Ends serving; a Secondary only. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        dialer.stop();
        Session current = session;
        if (current != null) {
            current.link().close("dropped");
            try {
                var _ = current.awaitEnd();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        device.close();
        copy.close();
    }

    private MonotonicTime now() {
        return clock.now();
    }

    private void log(String what) {
        System.err.println(config.name() + ": " + what);
    }
}
