// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.lease.LeaseEvent;
import io.metalha.node.local.LineConnection;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the agent asks for on keeper.sock. The loop's thread. */
final class AgentRequests {
    /** The loop, as far as requests need it. */
    interface Loop {
        void step(LeaseEvent event);

        /** The group's wish has changed. */
        void wanted(KeeperGroup group);

        long ask(LineConnection by, String request, List<CopyEntry> copies);

        /** Everything that a client is told first. */
        void introduce(LineConnection connection);

        void blob(byte[] data);

        /** What a voter that only stores answers, through the agent. */
        void passive(Message line);
    }

    static final int BLOB_BYTES_MAX = 600;

    private final Host host;
    private final @Nullable Loop loop;

    /** @param loop null while there is no configuration */
    AgentRequests(Host host, @Nullable Loop loop) {
        this.host = host;
        this.loop = loop;
    }

    /** Answers true when the configuration should be read again. */
    boolean handle(LineConnection from, Message message) {
        try {
            return switch (message.verb()) {
                case "hello" -> hello(from, message);
                case "reload" -> true;
                case "checkin" -> false;
                default -> {
                    if (host.port().isAgent(from)) {
                        request(from, message);
                    } else {
                        refuse(from, message, "say hello role=agent first");
                    }
                    yield false;
                }
            };
        } catch (IllegalArgumentException e) {
            refuse(from, message, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private boolean hello(LineConnection from, Message message) {
        boolean agent = message.get("role").equals("agent");
        if (agent) {
            host.log().line("agent: connected");
            forgetForces();
        }
        host.port().listen(from, agent);
        if (loop == null) {
            from.send(Message.of(
                    "welcome", "session", "-", "voter", 0, "now", host.clock().nanos()));
        } else {
            loop.introduce(from);
        }
        return false;
    }

    /** A person's word was given to the agent before this one, which does not know of it. */
    private void forgetForces() {
        if (loop != null) {
            for (KeeperGroup group : host.groups().all()) {
                loop.step(new LeaseEvent.Force(group.key, Epoch.NONE, List.of()));
            }
        }
    }

    private void request(LineConnection from, Message message) {
        switch (message.verb()) {
            case "want" -> want(message);
            case "force" -> force(message);
            case "stoplist" -> answer(from, message, "stoplisted", stopList(message));
            case "address" -> answer(from, message, "addressed", address(message));
            case "record" -> record(from, message);
            case "release" -> release(from, message);
            case "dead" -> dead(message);
            case "blob" -> blob(message);
            case "answer", "forgetful" -> {
                if (loop != null) {
                    loop.passive(message);
                }
            }
            default -> refuse(from, message, "unknown verb");
        }
    }

    private void want(Message message) {
        KeeperGroup group = host.groups().of(new GroupId(message.get("group")));
        boolean acquire =
                switch (message.get("mode")) {
                    case "acquire" -> true;
                    case "none" -> false;
                    default -> throw new IllegalArgumentException("mode is acquire or none");
                };
        LeaseEvent.Want want = new LeaseEvent.Want(
                group.key,
                acquire,
                Duration.ofMillis(Long.parseLong(message.find("delayMillis").orElse("0"))),
                AgentLines.copies(message.find("copies").orElse("-")));
        if (group.want == null || group.want.acquire() != acquire) {
            host.log().line("group " + group.name() + ": agent wants it: " + acquire);
        }
        group.want = want;
        if (loop != null) {
            loop.wanted(group);
        }
    }

    /** Not kept: a keeper that begins anew is told again, or a person asks again. */
    private void force(Message message) {
        KeeperGroup group = host.groups().of(new GroupId(message.get("group")));
        Epoch decidedOn = Epoch.parse(message.get("epoch"));
        host.log()
                .line("group " + group.name() + ": a person accepts stale copies, decided on epoch " + decidedOn + ": "
                        + message.get("copies"));
        if (loop != null) {
            loop.step(new LeaseEvent.Force(group.key, decidedOn, AgentLines.copies(message.get("copies"))));
        }
    }

    private String stopList(Message message) {
        KeeperGroup group = host.groups().of(new GroupId(message.get("group")));
        if (!holds(group, message)) {
            return notHeld(group, message);
        }
        StopList list = new StopList(
                new GroupId(message.get("group")),
                StopList.split(message.find("cgroups").orElse("-")),
                StopList.split(message.find("addresses").orElse("-")));
        for (String address : list.addresses()) {
            String refused = host.addresses().manage(address);
            if (!refused.isEmpty()) {
                return refused;
            }
        }
        return keep(group, list);
    }

    private String keep(KeeperGroup group, StopList list) {
        try {
            list.write(host.paths().stopLists());
        } catch (IOException e) {
            return "the stop list cannot be kept: " + e.getMessage();
        }
        group.stopList = list;
        return "";
    }

    private String address(Message message) {
        KeeperGroup group = host.groups().of(new GroupId(message.get("group")));
        String address = message.get("address");
        return switch (message.get("state")) {
            case "on" -> {
                if (!holds(group, message)) {
                    yield notHeld(group, message);
                }
                String refused = keep(group, group.stopList().withAddress(address));
                yield refused.isEmpty()
                        ? host.addresses().on(group, address, host.clock().nanos())
                        : refused;
            }
            case "off" -> host.addresses().off(group, address);
            // Another group may have taken it over meanwhile, and the dead-man is that one's then.
            case "forget" ->
                host.groups()
                        .withOpen(HeldAddresses.bytes(address))
                        .map(other -> "it is open for group " + other.id)
                        .orElseGet(() -> host.addresses().forget(address));
            default -> throw new IllegalArgumentException("state is on, off or forget");
        };
    }

    private void record(LineConnection from, Message message) {
        KeeperGroup group = host.groups().of(new GroupId(message.get("group")));
        var copies = AgentLines.copies(message.get("copies"));
        Epoch epoch = Epoch.parse(message.get("epoch"));
        if (loop == null || !group.held.equals(epoch)) {
            refuse(from, message, notHeld(group, message));
            return;
        }
        long number = loop.ask(from, number(message), copies);
        if (number == 0) {
            refuse(from, message, "too many requests wait");
        } else {
            loop.step(new LeaseEvent.RecordChange(number, group.key, epoch, copies));
        }
    }

    private void release(LineConnection from, Message message) {
        KeeperGroup group = host.groups().of(new GroupId(message.get("group")));
        long number = loop == null ? 0 : loop.ask(from, number(message), List.of());
        if (loop == null || number == 0) {
            refuse(from, message, "not configured, or too many requests wait");
        } else {
            loop.step(new LeaseEvent.Release(number, group.key, Epoch.parse(message.get("epoch"))));
        }
    }

    /** A confirmed power-off: the boot that took the epoch is over. */
    private void dead(Message message) {
        KeeperGroup group = host.groups().of(new GroupId(message.get("group")));
        Epoch epoch = Epoch.parse(message.get("epoch"));
        host.log().line("group " + group.name() + ": epoch " + epoch + " is over, its server is confirmed to be off");
        if (loop != null) {
            loop.step(new LeaseEvent.OwnerDead(group.key, epoch));
        }
    }

    private void blob(Message message) {
        byte[] data = Base64.getUrlDecoder().decode(message.get("data"));
        if (data.length > BLOB_BYTES_MAX) {
            throw new IllegalArgumentException("a blob has at most " + BLOB_BYTES_MAX + " bytes");
        }
        if (loop != null) {
            loop.blob(data);
        }
    }

    private static boolean holds(KeeperGroup group, Message message) {
        return group.isHeld() && group.held.equals(Epoch.parse(message.get("epoch")));
    }

    private static String notHeld(KeeperGroup group, Message message) {
        return "group " + group.name() + " is not held under epoch " + message.get("epoch");
    }

    private static String number(Message request) {
        return request.find("request").orElse("-");
    }

    private static void answer(LineConnection to, Message request, String verb, String fault) {
        to.send(Message.of(verb, "request", number(request), "ok", fault.isEmpty(), "reason", fault));
    }

    private void refuse(LineConnection to, Message request, String why) {
        host.log().line("agent: " + request.verb() + " refused: " + why);
        String verb =
                switch (request.verb()) {
                    case "record" -> "recorded";
                    case "stoplist" -> "stoplisted";
                    case "address" -> "addressed";
                    case "release" -> "released";
                    default -> "refusedrequest";
                };
        answer(to, request, verb, why);
    }
}
