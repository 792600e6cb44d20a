// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.api.v1alpha1.MetalClusterSpec.Machine;
import io.metalha.api.v1alpha1.MetalClusterStatus;
import io.metalha.api.v1alpha1.MetalClusterStatus.FailoverBound;
import io.metalha.api.v1alpha1.MetalClusterStatus.Timing;
import io.metalha.api.v1alpha1.MetalClusterStatus.Voter;
import io.metalha.api.v1alpha1.MetalClusterStatus.Voters;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.VoterRole;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plans a MetalCluster: voters, timers, conditions, and the MetalNodes that belong to it. */
public final class ClusterPlanner {
    private static final MetalClusterStatus NOTHING_YET =
            new MetalClusterStatus(null, null, List.of(), List.of(), null, null, null, null);

    public ClusterPlan plan(ClusterFacts facts) {
        MetalClusterSpec spec = facts.cluster().getSpec();
        MetalClusterStatus before = facts.cluster().getStatus() == null
                ? NOTHING_YET
                : facts.cluster().getStatus();
        Timing timing = TimingPlan.derive(spec.profile(), spec.timers());
        List<Problem> problems = problems(facts, spec, before.voters(), timing);
        boolean good = problems.isEmpty();
        // Told, but no reason to refuse the rest of the spec: the timers of Normal serve it.
        FastProfile fast = FastProfile.of(spec, facts.nodes());
        problems.addAll(fast.check());
        long generation = facts.cluster().getMetadata().getGeneration();
        Voters voters = good ? VoterPlan.next(spec, before.voters(), adopted(facts)) : before.voters();
        Timing inForce = good ? fast.inForce(timing, before.timing()) : before.timing();
        FailoverBound bound = inForce == null ? null : TimingPlan.bound(inForce, spec.leaseWitness());
        var standing = new ClusterStanding(facts, spec, voters, problems);
        var status = new MetalClusterStatus(
                generation,
                good ? Long.valueOf(generation) : before.acceptedGeneration(),
                standing.summary(bound),
                standing.conditions(before.conditions()),
                voters,
                standing.reporting(),
                inForce,
                bound);
        Map<String, VoterRole> nodes = machines(spec, voters);
        return new ClusterPlan(status, nodes, surplus(facts, nodes), notes(before, status, problems));
    }

    private static List<Problem> problems(
            ClusterFacts facts, MetalClusterSpec spec, @Nullable Voters present, Timing timing) {
        var problems = new ArrayList<>(TimingPlan.check(timing));
        problems.addAll(VoterPlan.check(spec, present));
        String lease = facts.leaseTrouble();
        if (lease != null) {
            problems.add(new Problem("LeaseNotMade", lease).at("spec.leaseWitness"));
        }
        problems.addAll(addressesUsedTwice(spec));
        problems.addAll(removedButNeeded(facts, spec, present));
        return problems;
    }

    static List<Problem> addressesUsedTwice(MetalClusterSpec spec) {
        var owners = new HashMap<String, String>();
        var problems = new ArrayList<Problem>();
        for (Machine machine : machines(spec)) {
            machine.addresses().forEach((path, address) -> {
                String other = owners.putIfAbsent(address, machine.name() + " on " + path);
                if (other != null) {
                    problems.add(new Problem(
                                    "AddressUsedTwice",
                                    "%s is the address of %s and of %s on %s: give each its own"
                                            .formatted(address, other, machine.name(), path))
                            .at("spec.nodes"));
                }
            });
        }
        return problems;
    }

    /** A server that a group may still run on must not leave: its copy could be the last good one. */
    private static List<Problem> removedButNeeded(ClusterFacts facts, MetalClusterSpec spec, @Nullable Voters present) {
        if (present == null) {
            return List.of();
        }
        var problems = new ArrayList<Problem>();
        List<String> names = spec.nodes().stream().map(Machine::name).toList();
        for (Voter voter : present.voters()) {
            if (voter.role() == VoterRole.NODE && !names.contains(voter.name())) {
                facts.groups().stream()
                        .filter(group -> group.getSpec().placement().nodes().contains(voter.name()))
                        .findFirst()
                        .ifPresent(group -> problems.add(stillNeeded(voter, group)));
            }
        }
        return problems;
    }

    private static Problem stillNeeded(Voter voter, ClusterGroup group) {
        return new Problem(
                "NodeStillNeeded",
                "%s was taken out of nodes, but group %s may run there: take it out of that group's placement.nodes first"
                        .formatted(voter.name(), group.getMetadata().getName()));
    }

    /** The voter set that each machine says it has settled in; what one that is silent said last may be true no more. */
    private static Map<String, Long> adopted(ClusterFacts facts) {
        var adopted = new HashMap<String, Long>();
        for (MetalNode node : facts.nodes()) {
            var status = node.getStatus();
            var keeper = status == null ? null : status.keeper();
            Long sequence = keeper == null ? null : keeper.votersSequence();
            if (sequence != null && !facts.silent().contains(node.getMetadata().getName())) {
                adopted.put(node.getMetadata().getName(), sequence);
            }
        }
        return adopted;
    }

    private static Map<String, VoterRole> machines(MetalClusterSpec spec, @Nullable Voters voters) {
        var nodes = new LinkedHashMap<String, VoterRole>();
        if (voters != null) {
            voters.voters().stream()
                    .filter(voter -> voter.role() != VoterRole.LEASE)
                    .forEach(voter -> nodes.put(voter.name(), voter.role()));
        }
        spec.nodes().forEach(node -> nodes.put(node.name(), VoterRole.NODE));
        spec.witnesses().forEach(witness -> nodes.put(witness.name(), VoterRole.WITNESS));
        return nodes;
    }

    private static List<Machine> machines(MetalClusterSpec spec) {
        var machines = new ArrayList<>(spec.nodes());
        machines.addAll(spec.witnesses());
        return machines;
    }

    private static List<String> surplus(ClusterFacts facts, Map<String, VoterRole> wanted) {
        String cluster = facts.cluster().getMetadata().getName();
        return facts.nodes().stream()
                .filter(node -> node.getSpec().cluster().equals(cluster))
                .map(node -> node.getMetadata().getName())
                .filter(name -> !wanted.containsKey(name))
                .toList();
    }

    private static List<Note> notes(MetalClusterStatus before, MetalClusterStatus after, List<Problem> problems) {
        var notes = new ArrayList<Note>();
        Voters voters = after.voters();
        Voters old = before.voters();
        if (voters != null && (old == null || !old.sequence().equals(voters.sequence()))) {
            notes.add(Note.normal("VotersChanged", ClusterStanding.describe(voters)));
        }
        if (!Conditions.isTrue(before.conditions(), "Stalled")) {
            problems.stream()
                    .findFirst()
                    .ifPresent(problem -> notes.add(Note.warning(problem.reason(), problem.sentence())));
        }
        return notes;
    }
}
