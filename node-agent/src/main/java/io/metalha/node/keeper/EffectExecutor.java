// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.lease.LeaseEffect;
import io.metalha.node.lease.LeaseEffect.Granted;
import io.metalha.node.lease.LeaseEffect.HolderChanged;
import io.metalha.node.lease.LeaseEffect.Lost;
import io.metalha.node.lease.LeaseEffect.Persist;
import io.metalha.node.lease.LeaseEffect.PersistStore;
import io.metalha.node.lease.LeaseEffect.Publish;
import io.metalha.node.lease.LeaseEffect.Recorded;
import io.metalha.node.lease.LeaseEffect.Released;
import io.metalha.node.lease.LeaseEffect.Send;
import io.metalha.node.lease.LeaseEffect.WantRefused;
import io.metalha.node.lease.RefusedReason;
import io.metalha.node.leasepage.LeasePage;
import io.metalha.node.local.LineConnection;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carries out what the lease core decides; never decides whether. The loop's thread. */
final class EffectExecutor {
    /** More requests than this without an answer are refused. */
    private static final int REQUESTS_MAX = 1024;

    /** Who waits for a Recorded or Released. */
    private record Asked(LineConnection by, String request, List<CopyEntry> copies) {}

    private final Host host;
    private final KeeperConfig config;
    private final LeasePage page;
    private final RecordStore store;
    private final Transport transport;
    private final EntryQueue[] outboxes;
    private final PassiveLines passive;
    private final Map<Long, Asked> asked = new HashMap<>();
    private final Map<Long, RefusedReason> refusedBefore = new HashMap<>();
    private long requests;

    EffectExecutor(
            Host host,
            KeeperConfig config,
            LeasePage page,
            RecordStore store,
            Transport transport,
            EntryQueue[] outboxes,
            PassiveLines passive) {
        this.host = host;
        this.config = config;
        this.page = page;
        this.store = store;
        this.transport = transport;
        this.outboxes = outboxes;
        this.passive = passive;
    }

    void execute(List<LeaseEffect> effects) {
        for (int i = 0; i < effects.size(); i++) {
            execute(effects.get(i));
        }
    }

    private void execute(LeaseEffect effect) {
        switch (effect) {
            case Send(var to, var message) -> {
                int peer = transport.indexOf(to.number());
                if (peer >= 0) {
                    outboxes[peer].add(message);
                } else {
                    passive.ask(to, message);
                }
            }
            case Persist persist -> store.persist(persist);
            case PersistStore persist -> {
                host.log().line("store: now " + AgentLines.camel(persist.state()));
                store.persist(persist);
            }
            case Publish(long key, Epoch epoch, var until) ->
                publish(host.groups().of(key), epoch, until.nanos());
            case Granted granted -> granted(host.groups().of(granted.group()), granted);
            case Lost(long key, Epoch epoch, var reason) -> lost(host.groups().of(key), epoch, reason);
            case WantRefused refused -> refused(host.groups().of(refused.group()), refused);
            case HolderChanged holder -> holder(host.groups().of(holder.group()), holder);
            case Recorded recorded -> recorded(recorded);
            case Released(long request, long key) ->
                released(request, host.groups().of(key));
        }
    }

    /** To the lease page, and to the kernel's dead-man at the end of the turn. Allocates nothing. */
    void publish(KeeperGroup group, Epoch epoch, long usableUntilNanos) {
        if (group.pageSlot < 0) {
            group.pageSlot = page.claim(group.key);
        }
        page.publish(group.pageSlot, epoch.counter(), epoch.voter(), usableUntilNanos);
        group.usableUntilNanos = usableUntilNanos;
        group.refreshDue = usableUntilNanos != 0 && group.addresses.length > 0;
        if (usableUntilNanos == 0) {
            host.addresses().cut(group);
        } else {
            group.wasUsableUntilNanos = usableUntilNanos;
        }
    }

    private void granted(KeeperGroup group, Granted granted) {
        group.held = granted.epoch();
        group.copies = granted.copies();
        group.previousOwner = granted.previousOwner();
        refusedBefore.remove(group.key);
        host.log()
                .line("group " + group.name() + ": held under epoch " + granted.epoch() + " (was: "
                        + config.nameOf(granted.previousOwner()) + "; waited "
                        + granted.waited().toMillis() + " ms)");
        tell(group, AgentLines.granted(group, granted.waited().toMillis()));
    }

    private void lost(KeeperGroup group, Epoch epoch, Enum<?> reason) {
        group.held = Epoch.NONE;
        // A keeper that stood still learns late what ended in time: at this moment by the page, the mirror and the
        // kernel.
        host.log()
                .line("group " + group.name() + ": no longer held, epoch " + epoch + ": " + AgentLines.camel(reason)
                        + ", usable until raw=" + group.wasUsableUntilNanos);
        publish(group, epoch, 0);
        StopList list = group.stopList;
        if (list == null) {
            tell(group, AgentLines.lost(group, epoch, reason));
            return;
        }
        group.stopList = null;
        Message told = AgentLines.lost(group, epoch, reason);
        end(group, list, () -> tell(group, told));
    }

    /**
     * Carries out the stop list. Until nothing of it is left the group is not tried for here: what would be started under
     * a new lease would be killed with the rest.
     */
    void end(KeeperGroup group, StopList list, Runnable afterFirstRound) {
        group.ending = true;
        group.endingSinceNanos = host.clock().nanos();
        host.runner().end(list, () -> host.inbox().offer(new Inbox.Input.Ended(afterFirstRound)), () -> host.inbox()
                .offer(new Inbox.Input.Ended(() -> group.ending = false)));
    }

    private void refused(KeeperGroup group, WantRefused refused) {
        if (refusedBefore.put(group.key, refused.reason()) != refused.reason()) {
            host.log()
                    .line("group " + group.name() + ": not taken: " + AgentLines.camel(refused.reason()) + " (holder "
                            + config.nameOf(refused.holder()) + ", epoch " + refused.epoch() + ")");
        }
        tell(group, AgentLines.refused(group, refused));
    }

    private void holder(KeeperGroup group, HolderChanged holder) {
        host.log()
                .line("group " + group.name() + ": this voter's grant: " + config.nameOf(holder.owner()) + ", epoch "
                        + holder.epoch());
        group.holder = AgentLines.holder(group, holder);
        tell(group, group.holder);
    }

    private void recorded(Recorded recorded) {
        KeeperGroup group = host.groups().of(recorded.group());
        Asked waiting = asked.remove(recorded.request());
        host.log()
                .line("group " + group.name() + ": record "
                        + (recorded.ok()
                                ? "written, sequence " + recorded.sequence()
                                : "not written: " + recorded.reason()));
        if (waiting == null) {
            return;
        }
        if (recorded.ok()) {
            group.copies = merged(group.copies, waiting.copies());
        }
        waiting.by()
                .send(Message.of(
                        "recorded",
                        "request",
                        waiting.request(),
                        "ok",
                        recorded.ok(),
                        "reason",
                        recorded.reason(),
                        "sequence",
                        recorded.sequence()));
    }

    /** The new entries replace all entries of the data ids that they name. */
    private static List<CopyEntry> merged(List<CopyEntry> before, List<CopyEntry> change) {
        List<CopyEntry> merged = new ArrayList<>(change);
        for (CopyEntry old : before) {
            if (change.stream().noneMatch(copy -> copy.data().equals(old.data()))) {
                merged.add(old);
            }
        }
        return List.copyOf(merged);
    }

    private void released(long request, KeeperGroup group) {
        if (group.isHeld()) {
            host.log().line("group " + group.name() + ": released, epoch " + group.held);
        }
        group.held = Epoch.NONE;
        host.addresses().cut(group);
        try {
            if (group.id != null) {
                StopList.remove(host.paths().stopLists(), group.id);
            }
        } catch (IOException e) {
            host.log().line("group " + group.name() + ": " + e.getMessage());
        }
        group.stopList = null;
        Asked waiting = asked.remove(request);
        if (waiting != null) {
            waiting.by().send(Message.of("released", "request", waiting.request()));
        }
    }

    private void tell(KeeperGroup group, @Nullable Message message) {
        // A group without a name is none of this node's: its agent never spoke of it.
        if (group.id != null && message != null) {
            host.port().tellAll(message);
        }
    }

    /** Remembers who asked; the number goes into the core's event. 0: too many wait. */
    long ask(LineConnection by, String request, List<CopyEntry> copies) {
        if (asked.size() >= REQUESTS_MAX) {
            return 0;
        }
        asked.put(++requests, new Asked(by, request, copies));
        return requests;
    }
}
