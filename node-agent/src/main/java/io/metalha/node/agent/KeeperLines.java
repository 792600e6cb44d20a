// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.config.Journal;
import io.metalha.node.agent.peer.Blob;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.local.Message;
import java.time.Duration;
import java.util.Optional;

/** What the keeper says, and what it is told besides a group's own requests. One thread. */
final class KeeperLines {
    private static final Duration CHECKIN = Duration.ofMillis(500);
    /** After the keeper's welcome: its lease lines have come by then. */
    private static final Duration LEASES_TOLD = Duration.ofMillis(150);

    private final AgentContext context;
    private final Groups groups;
    private final MirrorLines mirror;
    private final LeaseWitness witness;
    private final HeldLeases leases;
    private final Telling telling;
    private Optional<MonotonicTime> reconcileAt = Optional.empty();
    private Optional<Message> status = Optional.empty();
    private MonotonicTime checkedIn = MonotonicTime.ZERO;
    private boolean up;

    KeeperLines(AgentContext context, Groups groups, MirrorLines mirror, LeaseWitness witness) {
        this.context = context;
        this.groups = groups;
        this.mirror = mirror;
        this.witness = witness;
        this.leases = new HeldLeases(context.paths().leases());
        this.telling = new Telling(context, groups);
    }

    /** Whether it has welcomed this agent and is still there. */
    boolean isUp() {
        return up;
    }

    /** What it last said of itself. */
    Optional<Message> status() {
        return status;
    }

    void connected() {
        leases.clear();
        context.keeper().send(Message.of("hello", "role", "agent"));
    }

    void disconnected(String why) {
        up = false;
        reconcileAt = Optional.empty();
        Journal.say("keeper.sock: " + why + "; what is held runs on while the lease page says so");
    }

    void said(Message line) {
        switch (line.verb()) {
            case "welcome" -> {
                up = true;
                witness.welcome(line);
                reconcileAt = Optional.of(context.now().plus(LEASES_TOLD));
                context.keeper().send(Message.of("checkin"));
                telling.again();
            }
            case "lease" -> leases.told(new GroupId(line.get("group")), Epoch.parse(line.get("epoch")));
            case "granted" -> groups.of(line).ifPresentOrElse(group -> group.granted(line), () -> unknown(line));
            case "lost" ->
                groups.of(line).ifPresent(group -> group.lost(Epoch.parse(line.get("epoch")), line.get("reason")));
            case "refused" -> groups.of(line).ifPresent(group -> group.refused(line));
            case "holder" -> groups.of(line).ifPresent(group -> group.holder(line));
            case "ask" -> witness.ask(line);
            case "member" -> member(line);
            case "blob" ->
                Blob.decode(line.get("data")).ifPresent(blob -> context.view()
                        .peer(new NodeId(line.get("node")))
                        .blob(blob, context.now()));
            case "status" -> status = Optional.of(line);
            default -> {}
        }
    }

    /** A lease of a group that this agent does not know cannot be used. */
    private void unknown(Message line) {
        context.keeper().send(Message.of("release", "group", line.get("group"), "epoch", line.get("epoch")));
    }

    private void member(Message line) {
        NodeId node = new NodeId(line.get("node"));
        if (!node.equals(context.self()) && context.view().member(line, context.wallNow(), context.now())) {
            boolean alive = line.getBoolean("alive");
            Journal.say(node
                    + (alive ? " is heard again: " : " is heard on no path any more: ")
                    + line.find("paths").orElse(""));
            mirror.peer(node, alive);
            if (!alive) {
                groups.each(GroupRunner::expect);
            }
        }
    }

    /** A group was added: is its lease held from before? */
    void look(MonotonicTime now) {
        if (up && reconcileAt.isEmpty()) {
            reconcileAt = Optional.of(now.plus(LEASES_TOLD));
        }
    }

    /** Before the groups' turns. */
    void turn(MonotonicTime now) {
        if (up && now.since(checkedIn).compareTo(CHECKIN) >= 0) {
            context.keeper().send(Message.of("checkin"));
            checkedIn = now;
        }
        context.view().lookAtPaths(now);
        if (reconcileAt.isPresent() && now.isAtOrAfter(reconcileAt.get())) {
            reconcileAt = Optional.empty();
            groups.each(group -> group.reconcile(leases.of(group.id(), now)));
            // True when they were told; of a group that comes later the page tells.
            leases.clear();
        }
        if (!up) {
            watchPage(now);
        }
    }

    /** Without a keeper to tell us, the lease page and the clock tell that a lease has ended. */
    private void watchPage(MonotonicTime now) {
        groups.each(group -> {
            Epoch epoch = group.machine().phase().held();
            if (!epoch.equals(Epoch.NONE) && !leases.usable(group.id(), epoch, now)) {
                group.lost(epoch, "the keeper is gone and the lease has run out");
            }
        });
    }

    void goodbye() {
        telling.goodbye();
    }

    /** After the groups' turns, and when a group leaves. */
    void tellOthers(MonotonicTime now) {
        if (up) {
            telling.tell(now);
        }
    }
}
