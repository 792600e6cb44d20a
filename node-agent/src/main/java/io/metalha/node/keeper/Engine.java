// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.VoterId;
import io.metalha.node.heartbeat.PacketLayout;
import io.metalha.node.heartbeat.PacketReader;
import io.metalha.node.lease.LeaseCodec;
import io.metalha.node.lease.LeaseCore;
import io.metalha.node.lease.LeaseEvent;
import io.metalha.node.lease.LostReason;
import io.metalha.node.leasepage.LeasePage;
import io.metalha.node.linux.Poller;
import io.metalha.node.linux.SuspendClock;
import io.metalha.node.local.LineConnection;
import io.metalha.node.local.Message;
import io.metalha.node.membership.Membership;
import io.metalha.node.membership.MembershipChange;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The keeper's loop under one configuration. One thread; a turn is: time first, then packets, then what others told, then
 * the heartbeat. In the steady state a turn allocates nothing.
 */
final class Engine implements AgentRequests.Loop, AutoCloseable {
    private static final int PACKETS_A_TURN = 512;
    private static final int INPUTS_A_TURN = 64;
    private static final long STATUS_NANOS = 10_000_000_000L;
    /** A host does not suspend for less; the clocks' own adjustment stays far below. */
    private static final long SUSPENSION_NANOS = 20_000_000L;

    private static final long PAUSE_MIN_NANOS = 200_000L;
    private static final LeaseEvent.Tick TICK = new LeaseEvent.Tick();

    private final Host host;
    private final KeeperConfig config;
    private final long session;
    private final Transport transport;
    private final Membership membership;
    private final LeaseCore core;
    private final RecordStore store;
    private final LeasePage page;
    private final Poller poller;
    private final PassiveLines passive;
    private final EffectExecutor executor;
    private final AgentRequests requests;
    private final StatusLine status;
    private final @Nullable Watchdog watchdog;
    private final SuspendClock suspendClock;
    private final AtomicLong persistedToken = new AtomicLong();

    private final EntryQueue renewals = new EntryQueue();
    private final EntryQueue blob = new EntryQueue();
    private final EntryQueue nothing = new EntryQueue();
    private final EntryQueue[] acknowledgements;
    private final EntryQueue[] outboxes;
    private final byte[][] peerBlobs;
    private final long[][] helloedNanos;
    /** Number of the voter set that each peer was last heard under. */
    private final long[] peerSets;

    private long persistedSeen;
    private long nextBeatNanos;
    private long nextStatusNanos;
    private long foreignSeenNanos;
    private long turns;
    private boolean reload;

    Engine(Host host, KeeperConfig config, byte[] clusterKey) throws IOException {
        this.host = host;
        this.config = config;
        session = new SecureRandom().nextLong() | 1;
        transport = new Transport(config, clusterKey, session);
        membership = new Membership(
                config.peers().stream().map(KeeperConfig.Voter::id).toList(),
                config.paths(),
                config.timing().peerTimeout());
        Random random = new Random(session);
        core = new LeaseCore(config.leases(), random::nextLong);
        poller = new Poller(transport.descriptors());
        page = LeasePage.writer(host.paths().leasePage(), session);
        suspendClock = new SuspendClock(page.bootAheadNanos());
        store = new RecordStore(
                host.paths().records(),
                config.timing().lease(),
                Transport.clusterHash(config.clusterUid()),
                config.self(),
                config.voterSet(),
                host.log(),
                this::persisted);
        int peers = transport.peerCount();
        acknowledgements = queues(peers);
        outboxes = queues(peers);
        peerBlobs = new byte[peers][];
        peerSets = new long[peers];
        Arrays.fill(peerSets, config.votersSequence());
        helloedNanos = new long[peers][transport.pathCount()];
        passive = new PassiveLines(host, config, session);
        executor = new EffectExecutor(host, config, page, store, transport, outboxes, passive);
        requests = new AgentRequests(host, this);
        watchdog = config.watchdog()
                .map(settings -> new Watchdog(settings, host.paths().watchdogArmed(), host.clock(), host.log()))
                .orElse(null);
        status = new StatusLine(host, config, session, watchdog);
    }

    private static EntryQueue[] queues(int count) {
        EntryQueue[] queues = new EntryQueue[count];
        for (int i = 0; i < count; i++) {
            queues[i] = new EntryQueue();
        }
        return queues;
    }

    private void persisted(long token) {
        persistedToken.accumulateAndGet(token, Math::max);
        poller.wake();
    }

    /** Runs until the configuration should be read again. */
    void run() {
        reload = false;
        while (!reload) {
            turn();
            long now = host.clock().nanos();
            long due = Math.min(nextBeatNanos, core.nextDeadlineNanos());
            // A deadline that a tick did not move must not let a real-time thread spin.
            poller.await(Math.max(due - now, PAUSE_MIN_NANOS));
        }
    }

    void start() {
        host.inbox().onInput(poller::wake);
        host.log()
                .line("keeper: " + config.nameOf(config.self().number()) + " is voter "
                        + config.self().number() + " of " + config.voters().keySet() + ", session "
                        + AgentLines.session(session) + ", store " + store.id() + " "
                        + AgentLines.camel(store.started().state()) + " with "
                        + store.started().groups().size() + " groups");
        store.start();
        step(store.started());
        resume();
        for (KeeperGroup group : List.copyOf(host.groups().all())) {
            group.wantInForce = null;
        }
        reviewWants(host.clock().nanos());
        introduceAll();
        nextBeatNanos = host.clock().nanos();
    }

    /**
     * A keeper that was restarted, not the server: what the lease page says was held is held on (safety rule 19), unless the host
     * slept meanwhile. Story, without: (1) the keeper restarts; before it is back the host is suspended for a minute. (2) server2
     * takes the group over. (3) The host wakes; its clock stood still, so by the page the lease has half a second left, and the
     * new keeper goes on with it beside server2.
     */
    private void resume() {
        for (KeeperGroup group : host.groups().all()) {
            group.held = Epoch.NONE;
            group.pageSlot = -1;
        }
        boolean slept = wasSuspended();
        for (int slot = 0; slot < LeasePage.SLOTS; slot++) {
            Epoch epoch = page.epoch(slot);
            if (slept) {
                page.publish(slot, epoch.counter(), epoch.voter(), 0);
            }
            long until = epoch.equals(Epoch.NONE) ? 0 : page.usableUntilNanos(slot, epoch);
            if (page.key(slot) != 0 && until != 0) {
                KeeperGroup group = host.groups().of(page.key(slot));
                host.log()
                        .line("group " + group.name() + ": the lease page says held, epoch " + epoch + ", for "
                                + (until - host.clock().nanos()) / 1_000_000 + " ms more, usable until raw=" + until);
                group.wasUsableUntilNanos = until;
                step(new LeaseEvent.Resume(group.key, epoch, new MonotonicTime(until)));
            }
        }
        for (KeeperGroup group : host.groups().all()) {
            StopList list = group.stopList;
            if (list != null && !group.isHeld()) {
                host.log().line("group " + group.name() + ": a former keeper left its stop list, ending what is left");
                group.stopList = null;
                executor.end(group, list, () -> {});
            } else if (list != null) {
                list.addresses().forEach(address -> host.addresses()
                        .on(group, address, host.clock().nanos()));
            }
        }
    }

    void turn() {
        turns++;
        long now = host.clock().nanos();
        noticeSuspension();
        if (now >= core.nextDeadlineNanos()) {
            step(TICK);
        }
        for (int path = 0; path < transport.pathCount(); path++) {
            if (poller.readable(path)) {
                receive(path);
            }
        }
        takePersisted();
        takeInputs();
        now = host.clock().nanos();
        changed(membership.tick(now));
        if (isAgentSilent(now)) {
            giveUpAll(LostReason.AGENT_SILENT);
        }
        reviewWants(now);
        if (now >= nextBeatNanos) {
            beat(now);
        }
        flush(now);
        tellWatchdog(now);
    }

    private void tellWatchdog(long now) {
        if (watchdog == null) {
            return;
        }
        boolean busy = false;
        long oldest = 0;
        List<KeeperGroup> all = host.groups().all();
        for (int i = 0; i < all.size(); i++) {
            KeeperGroup group = all.get(i);
            busy |= group.isHeld() || group.ending;
            if (group.ending && (oldest == 0 || group.endingSinceNanos < oldest)) {
                oldest = group.endingSinceNanos;
            }
        }
        watchdog.turned(now, busy, oldest);
    }

    private void noticeSuspension() {
        if (wasSuspended()) {
            step(new LeaseEvent.Suspended());
        }
    }

    private boolean wasSuspended() {
        long suspended = suspendClock.suspendedNanos();
        page.bootAhead(suspendClock.aheadNanos());
        if (suspended <= SUSPENSION_NANOS) {
            return false;
        }
        host.log().line("host: was suspended for " + suspended / 1_000_000 + " ms");
        return true;
    }

    private boolean isAgentSilent(long now) {
        return now - host.port().agentSeenNanos()
                > config.timing().agentDeadline().toNanos();
    }

    /**
     * Tells the core which wishes are in force. Not one of an agent that is silent: (1) the agent hangs, its groups are
     * stopped and run elsewhere; (2) that server dies; (3) we would take a lease that nobody here uses, and the third
     * server, which would, could not. Nor one for a group whose former processes are still being ended.
     */
    private void reviewWants(long now) {
        boolean silent = isAgentSilent(now);
        List<KeeperGroup> all = host.groups().all();
        for (int i = 0; i < all.size(); i++) {
            KeeperGroup group = all.get(i);
            LeaseEvent.Want inForce = group.want;
            if (inForce != null && inForce.acquire() && (silent || group.ending)) {
                inForce = group.wantInForce != null && !group.wantInForce.acquire()
                        ? group.wantInForce
                        : new LeaseEvent.Want(group.key, false, inForce.delay(), inForce.copies());
            }
            if (inForce != null && !inForce.equals(group.wantInForce)) {
                group.wantInForce = inForce;
                step(inForce);
            }
        }
    }

    @Override
    public void wanted(KeeperGroup group) {
        group.wantInForce = null;
        reviewWants(host.clock().nanos());
    }

    private void giveUpAll(LostReason reason) {
        List<KeeperGroup> all = host.groups().all();
        for (int i = 0; i < all.size(); i++) {
            KeeperGroup group = all.get(i);
            if (group.isHeld()) {
                step(new LeaseEvent.GiveUp(group.key, group.held, reason));
            }
        }
    }

    private void receive(int path) {
        for (int i = 0; i < PACKETS_A_TURN; i++) {
            int length = transport.receive(path);
            if (length < 0) {
                return;
            }
            // Read for each packet, and after it came: a vote that counted from before the packet was sent would end
            // before its holder believes.
            long now = host.clock().nanos();
            judged(transport.judge(length, path, now), path, now);
        }
    }

    private void judged(PacketReader.Verdict verdict, int path, long now) {
        PacketReader packet = transport.reader();
        switch (verdict) {
            case GOOD, GOOD_NEW_SESSION -> {
                changed(membership.heard(
                        packet.peerIndex(), path, packet.senderSession(), packet.roundTripNanos(), now));
                entries(packet, now);
            }
            case STRANGER -> answerStranger(packet.peerIndex(), packet.senderSession(), path, now);
            case OTHER_CLUSTER, FORGED -> {
                if (now - foreignSeenNanos > STATUS_NANOS || foreignSeenNanos == 0) {
                    foreignSeenNanos = now;
                    host.log()
                            .line("heartbeat: " + config.paths().get(path) + ": dropped a packet that is "
                                    + (verdict == PacketReader.Verdict.FORGED
                                            ? "not sealed with this cluster's key"
                                            : "another cluster's"));
                }
            }
            case MALFORMED, UNKNOWN_PEER, REPLAYED -> {
                // The network may double and delay; what is nobody's business is not worth a line.
            }
        }
    }

    private void answerStranger(int peer, long itsSession, int path, long now) {
        // At most one a heartbeat: whoever replays first packets shall not make us talk more than that.
        if (now - helloedNanos[peer][path] >= config.timing().heartbeat().toNanos() / 2) {
            helloedNanos[peer][path] = now;
            transport.hello(peer, itsSession, path, now);
        }
    }

    private void entries(PacketReader packet, long now) {
        int from = transport.peer(packet.peerIndex()).id().number();
        byte[] bytes = packet.packet();
        boolean renewals = core.hears(packet.setNumber(), true);
        boolean others = core.hears(packet.setNumber(), false);
        noteSet(packet.peerIndex(), packet.setNumber());
        while (packet.next()) {
            int at = packet.entry();
            boolean renewal = packet.kind() == LeaseCodec.RENEW || packet.kind() == LeaseCodec.RENEW_ACK;
            if (packet.kind() != PacketLayout.BLOB && !(renewal ? renewals : others)) {
                continue;
            }
            if (packet.kind() == LeaseCodec.RENEW && packet.entryLength() == LeaseCodec.RENEW_BYTES) {
                renew(packet.peerIndex(), from, bytes, at, now);
            } else if (packet.kind() == LeaseCodec.RENEW_ACK && packet.entryLength() == LeaseCodec.RENEW_ACK_BYTES) {
                renewed(from, bytes, at, now);
            } else if (packet.kind() == PacketLayout.BLOB) {
                heardBlob(packet.peerIndex(), bytes, at + 1, packet.entryLength() - 1);
            } else {
                heard(from, bytes, at, packet.entryLength());
            }
        }
    }

    /** The set itself comes from the operator, or from another server's agent. */
    private void noteSet(int peer, long number) {
        if (number != peerSets[peer]) {
            peerSets[peer] = number;
            host.log()
                    .line("voters: " + transport.peer(peer).name() + " uses voter set " + number + ", ours is "
                            + config.votersSequence()
                            + (number > config.votersSequence() ? ": keeper.conf here is behind" : ""));
        }
    }

    private void renew(int peer, int from, byte[] bytes, int at, long now) {
        long group = PacketLayout.i64(bytes, at + 1);
        long counter = PacketLayout.i64(bytes, at + 9);
        int voter = PacketLayout.u16(bytes, at + 17);
        if (core.onRenew(from, group, counter, voter, PacketLayout.i32(bytes, at + 19), now)) {
            acknowledgements[peer].acknowledge(group, counter, voter, PacketLayout.i64(bytes, at + 23));
        }
    }

    private void renewed(int from, byte[] bytes, int at, long now) {
        long key = PacketLayout.i64(bytes, at + 1);
        boolean grown = core.onRenewAck(
                from,
                key,
                PacketLayout.i64(bytes, at + 9),
                PacketLayout.u16(bytes, at + 17),
                PacketLayout.i64(bytes, at + 19),
                now);
        KeeperGroup group = grown ? host.groups().find(key) : null;
        if (group != null && group.isHeld()) {
            executor.publish(group, group.held, core.usableUntilNanos(key));
        }
    }

    private void heard(int from, byte[] bytes, int at, int length) {
        try {
            step(new LeaseEvent.Received(new VoterId(from), LeaseCodec.decode(bytes, at, length)));
        } catch (IllegalArgumentException e) {
            host.log().line("heartbeat: " + config.nameOf(from) + " sent an entry that is none: " + e.getMessage());
        }
    }

    private void heardBlob(int peer, byte[] bytes, int at, int length) {
        byte[] known = peerBlobs[peer];
        if (known == null || !Arrays.equals(known, 0, known.length, bytes, at, at + length)) {
            peerBlobs[peer] = Arrays.copyOfRange(bytes, at, at + length);
            host.port().tellAll(blobLine(peer));
        }
    }

    private Message blobLine(int peer) {
        return Message.of(
                "blob",
                "node",
                transport.peer(peer).name(),
                "data",
                Base64.getUrlEncoder().withoutPadding().encodeToString(peerBlobs[peer]));
    }

    private void changed(List<MembershipChange> changes) {
        for (int i = 0; i < changes.size(); i++) {
            MembershipChange change = changes.get(i);
            int voter = change.peer().number();
            host.log().line("peer " + config.nameOf(voter) + ": " + describe(change));
            if (change instanceof MembershipChange.SessionChanged) {
                step(new LeaseEvent.SessionChanged(change.peer()));
            }
            int peer = transport.indexOf(voter);
            if (i + 1 == changes.size() || changes.get(i + 1).peer().number() != voter) {
                host.port().tellAll(AgentLines.member(membership, peer, transport.peer(peer)));
            }
        }
    }

    private static String describe(MembershipChange change) {
        return switch (change) {
            case MembershipChange.PathUp up -> "path " + up.path() + " down -> up";
            case MembershipChange.PathDown down ->
                "path " + down.path() + " up -> down: silent for "
                        + down.silent().toMillis() + " ms";
            case MembershipChange.PeerUp _ -> "not heard -> alive";
            case MembershipChange.PeerDown _ -> "alive -> not heard: no path is up";
            case MembershipChange.SessionChanged changed ->
                "session " + AgentLines.session(changed.before()) + " -> " + AgentLines.session(changed.now());
        };
    }

    private void takePersisted() {
        long token = persistedToken.get();
        if (token > persistedSeen) {
            persistedSeen = token;
            step(new LeaseEvent.Persisted(token));
        }
    }

    private void takeInputs() {
        for (int i = 0; i < INPUTS_A_TURN; i++) {
            Inbox.Input input = host.inbox().poll();
            switch (input) {
                case null -> {
                    return;
                }
                case Inbox.Input.Line(var from, var message) -> reload |= requests.handle(from, message);
                case Inbox.Input.Gone(var connection) -> {
                    if (host.port().isAgent(connection)) {
                        host.log().line("agent: disconnected");
                    }
                    host.port().gone(connection);
                }
                case Inbox.Input.Ended(var tell) -> tell.run();
            }
        }
        // More waits: come back at once.
        poller.wake();
    }

    private void beat(long now) {
        renewals.clear();
        core.renew(now, renewals);
        List<KeeperGroup> all = host.groups().all();
        for (int i = 0; i < all.size(); i++) {
            // A voter that is its own majority is renewed by that call.
            KeeperGroup group = all.get(i);
            if (group.isHeld() && core.usableUntilNanos(group.key) > group.usableUntilNanos) {
                executor.publish(group, group.held, core.usableUntilNanos(group.key));
            }
        }
        for (int peer = 0; peer < acknowledgements.length; peer++) {
            transport.send(peer, now, true, renewals, acknowledgements[peer], blob);
            acknowledgements[peer].clear();
        }
        long interval = config.timing().heartbeat().toNanos();
        nextBeatNanos = now - nextBeatNanos > interval ? now + interval : nextBeatNanos + interval;
        if (now >= nextStatusNanos) {
            nextStatusNanos = now + STATUS_NANOS;
            if (host.port().hasListeners()) {
                host.port().tellAll(status.line(core.votes(), core.isSettled(), turns));
                for (int peer = 0; peer < transport.peerCount(); peer++) {
                    host.port().tellAll(AgentLines.member(membership, peer, transport.peer(peer)));
                }
            }
        }
    }

    /** Messages of this turn now, and the kernel's dead-men. */
    private void flush(long now) {
        for (int peer = 0; peer < outboxes.length; peer++) {
            if (!outboxes[peer].isEmpty()) {
                transport.send(peer, now, false, outboxes[peer], nothing, nothing);
                outboxes[peer].clear();
            }
        }
        List<KeeperGroup> all = host.groups().all();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).refreshDue) {
                host.addresses().refresh(all.get(i), host.clock().nanos());
            }
        }
    }

    @Override
    public void step(LeaseEvent event) {
        executor.execute(core.step(event, host.clock().now()));
    }

    @Override
    public long ask(LineConnection by, String request, List<CopyEntry> copies) {
        return executor.ask(by, request, copies);
    }

    private void introduceAll() {
        host.port().forEach(this::introduce);
    }

    @Override
    public void introduce(LineConnection connection) {
        connection.send(Message.of(
                "welcome",
                "session",
                AgentLines.session(session),
                "voter",
                config.self().number(),
                "now",
                host.clock().nanos()));
        for (KeeperGroup group : host.groups().all()) {
            if (group.isHeld() && group.id != null) {
                connection.send(AgentLines.lease(group));
            }
            Message holder = group.holder;
            if (holder != null && group.id != null) {
                connection.send(holder);
            }
        }
        for (int peer = 0; peer < transport.peerCount(); peer++) {
            connection.send(AgentLines.member(membership, peer, transport.peer(peer)));
            if (peerBlobs[peer] != null) {
                connection.send(blobLine(peer));
            }
        }
        connection.send(status.line(core.votes(), core.isSettled(), turns));
    }

    @Override
    public void passive(Message line) {
        passive.event(line).ifPresent(this::step);
    }

    @Override
    public void blob(byte[] data) {
        blob.clear();
        blob.add(PacketLayout.BLOB, data);
    }

    @Override
    public void close() throws IOException {
        host.inbox().onInput(() -> {});
        if (watchdog != null) {
            watchdog.close();
        }
        store.close();
        transport.close();
        page.close();
        poller.close();
    }
}
