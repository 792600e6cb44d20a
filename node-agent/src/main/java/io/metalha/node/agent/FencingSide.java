// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.Fencing;
import io.metalha.api.v1alpha1.FencingMode;
import io.metalha.api.v1alpha1.FencingReport;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.agent.known.GroupNews;
import io.metalha.node.agent.peer.Peer;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.fencing.FencingEffect;
import io.metalha.node.fencing.FencingEvent;
import io.metalha.node.fencing.FencingMachine;
import io.metalha.node.fencing.FencingPlan;
import io.metalha.node.fencing.device.Answer;
import io.metalha.node.local.Message;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Feeds the fencing of each other server with what happens, and has carried out what it decides. One thread. */
final class FencingSide {
    private final AgentContext context;
    private final Groups groups;
    private final KeeperLines keeper;
    private final LeaseWitness witness;
    private final FencingChecks checks;
    private final TestFencing tests;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final Map<NodeId, Victim> victims = new TreeMap<>();

    /** Another server that can be powered off. */
    private static final class Victim {
        final FencingMachine machine;
        boolean alive;

        Victim(FencingMachine machine) {
            this.machine = machine;
        }
    }

    FencingSide(AgentContext context, Groups groups, KeeperLines keeper, LeaseWitness witness, Acceptance acceptance) {
        this.context = context;
        this.groups = groups;
        this.keeper = keeper;
        this.witness = witness;
        this.checks = new FencingChecks(context);
        this.tests = new TestFencing(context, acceptance, this::demand);
    }

    /** Empty without fence devices. */
    Optional<FencingReport> report() {
        return fencing().map(_ -> new FencingReport(checks.report(), tests.reports()));
    }

    void secretShown(String secret) {
        checks.secretShown(secret);
    }

    void shown(ClusterOperation operation) {
        tests.shown(operation);
    }

    void asked(Fact.FenceAsked fact) {
        checks.asked(fact.device(), fact.answer());
        tests.asked(fact.device(), fact.answer());
    }

    void turn(MonotonicTime now) {
        List<Fencing.Device> devices = fencing().map(Fencing::devices).orElse(List.of()).stream()
                .filter(device -> !device.node().equals(context.self().name()))
                .toList();
        define(devices);
        checks.turn(devices, now);
        tests.turn(devices);
        boolean entitled = hearsMajority();
        victims.forEach((node, victim) -> turn(node, victim, entitled, now));
    }

    /** A witness runs nothing that it could take over, so it powers nobody off. */
    private Optional<Fencing> fencing() {
        return context.conf().witness()
                ? Optional.empty()
                : spec().flatMap(spec -> Optional.ofNullable(spec.fencing()));
    }

    private Optional<MetalClusterSpec> spec() {
        return context.view().cluster().map(MetalCluster::getSpec);
    }

    private void define(List<Fencing.Device> devices) {
        Map<String, List<Fencing.Device>> byNode =
                devices.stream().collect(Collectors.groupingBy(Fencing.Device::node));
        victims.keySet().removeIf(node -> !byNode.containsKey(node.name()));
        byNode.forEach((name, of) -> {
            FencingPlan plan = plan(new NodeId(name), of);
            victims.computeIfAbsent(plan.victim(), _ -> new Victim(new FencingMachine(plan, random::nextLong)))
                    .machine
                    .plan(plan);
        });
    }

    private FencingPlan plan(NodeId node, List<Fencing.Device> devices) {
        Map<Integer, List<String>> levels = devices.stream()
                .collect(Collectors.groupingBy(
                        Fencing.Device::level,
                        TreeMap::new,
                        Collectors.mapping(Fencing.Device::name, Collectors.toList())));
        List<String> order = spec().orElseThrow().nodes().stream()
                .map(MetalClusterSpec.Machine::name)
                .toList();
        boolean first = order.indexOf(context.self().name()) < order.indexOf(node.name());
        return FencingPlan.of(
                node, List.copyOf(levels.values()), fencing().orElseThrow().delay(), first);
    }

    private void turn(NodeId node, Victim victim, boolean entitled, MonotonicTime now) {
        Peer peer = context.view().peer(node);
        if (keeper.isUp() && peer.alive() != victim.alive) {
            victim.alive = peer.alive();
            step(
                    victim.machine,
                    victim.alive ? new FencingEvent.Heard(now) : new FencingEvent.Vanished(held(peer), now));
        }
        if (fencing().map(Fencing::mode).equals(Optional.of(FencingMode.WHEN_NEEDED))) {
            step(victim.machine, new FencingEvent.TakenOver(takenOver(peer), now));
        }
        step(victim.machine, new FencingEvent.Tick(entitled, now));
    }

    /**
     * Groups that may run here, whose newest epoch is the server's and which it did not stop, as far as it told; none of a server that
     * is being shut down in order. An epoch names the voter that took it.
     */
    private Map<GroupId, Epoch> held(Peer peer) {
        Map<GroupId, Epoch> held = new HashMap<>();
        for (GroupRunner group : groups.all()) {
            Epoch newest = group.view().known().highest();
            boolean runsHere = group.view().policy().nodes().contains(context.self());
            boolean stopped = peer.group(group.id().key())
                    .map(told -> told.is() == GroupNews.Is.STANDBY)
                    .orElse(false);
            if (runsHere && !stopped && !peer.goingDown() && peer.number() != 0 && newest.voter() == peer.number()) {
                held.put(group.id(), newest);
            }
        }
        return held;
    }

    private Set<GroupId> takenOver(Peer peer) {
        Set<GroupId> taken = new HashSet<>();
        for (GroupRunner group : groups.all()) {
            if (group.view().known().highest().voter() != peer.number()) {
                taken.add(group.id());
            }
        }
        return taken;
    }

    /** Who hears fewer may be the one that is cut off. */
    private boolean hearsMajority() {
        long voters = context.view()
                .cluster()
                .flatMap(cluster -> Optional.ofNullable(cluster.getStatus()))
                .flatMap(status -> Optional.ofNullable(status.voters()))
                .map(set -> set.voters().size())
                .orElse(0);
        long heard = 1
                + context.view().peers().values().stream().filter(Peer::alive).count()
                + (witness.isVoting().orElse(false) ? 1 : 0);
        return keeper.isUp() && voters > 0 && heard > voters / 2;
    }

    /** A person has it powered off. */
    private void demand(NodeId node) {
        Victim victim = victims.get(node);
        if (victim != null) {
            step(victim.machine, new FencingEvent.Demanded(held(context.view().peer(node)), context.now()));
        }
    }

    void ordered(Fact.FenceOrdered fact) {
        Victim victim = victims.get(fact.victim());
        if (victim == null) {
            return;
        }
        step(
                victim.machine,
                switch (fact.answer()) {
                    case Answer.Off _ -> new FencingEvent.Confirmed(fact.order(), context.now());
                    case Answer.Failed(var reason) -> new FencingEvent.Unconfirmed(fact.order(), reason, context.now());
                    case Answer.On _, Answer.Done _ ->
                        new FencingEvent.Unconfirmed(
                                fact.order(), "it did not say that the server is off", context.now());
                });
    }

    private void step(FencingMachine machine, FencingEvent event) {
        machine.step(event).forEach(this::carryOut);
    }

    private void carryOut(FencingEffect effect) {
        switch (effect) {
            case FencingEffect.PowerOff(long order, var node, var name) -> powerOff(order, node, name);
            case FencingEffect.Dead(var node, var held, var devices) -> {
                Journal.say(node + " is confirmed to be without power, by " + String.join(" and ", devices)
                        + (held.isEmpty() ? "" : "; ends its epochs " + new TreeMap<>(held)));
                held.forEach(
                        (group, epoch) -> context.keeper().send(Message.of("dead", "group", group, "epoch", epoch)));
                tests.dead(node, devices);
            }
            case FencingEffect.Failed(var node, var reasons) -> {
                Journal.say("it is not known whether " + node + " has power; tried " + String.join("; ", reasons));
                tests.failed(node, reasons);
            }
        }
    }

    private void powerOff(long order, NodeId node, String name) {
        Journal.say("orders " + name + " to power " + node + " off");
        Optional<Fencing.Device> device = fencing().map(Fencing::devices).orElse(List.of()).stream()
                .filter(each -> each.name().equals(name))
                .findFirst();
        var _ = Thread.ofVirtual().name("fence").start(() -> {
            Answer answer;
            try {
                answer = device.map(each -> context.drivers().fence(each, true))
                        .orElseGet(() -> new Answer.Failed("it is no longer in the manifest"));
            } catch (RuntimeException e) {
                answer = new Answer.Failed("bug: " + e.getClass().getSimpleName());
            }
            context.inbox().put(new Fact.FenceOrdered(node, order, answer));
        });
    }
}
