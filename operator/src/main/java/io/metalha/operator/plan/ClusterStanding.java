// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.api.v1alpha1.MetalClusterStatus.FailoverBound;
import io.metalha.api.v1alpha1.MetalClusterStatus.Voter;
import io.metalha.api.v1alpha1.MetalClusterStatus.Voters;
import io.metalha.api.v1alpha1.VoterRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a cluster stands, in conditions and sentences. */
record ClusterStanding(
        ClusterFacts facts, MetalClusterSpec spec, @Nullable Voters voters, List<Problem> problems) {
    List<Condition> conditions(List<Condition> before) {
        long generation = facts.cluster().getMetadata().getGeneration();
        var conditions = new Conditions(before, generation, facts.now());
        boolean changing = voters != null && problems.isEmpty() && !VoterPlan.isReached(spec, voters);
        setReady(conditions);
        conditions.set(
                "Redundant",
                voters != null && reportingVoters() > majority(),
                voters != null && reportingVoters() > majority() ? "OneVoterMayBeLost" : "NoVoterMayBeLost",
                redundantText());
        FencingStanding.of(spec, facts.nodes(), facts.silent(), facts.now()).set(conditions);
        conditions.set(
                "Reconciling",
                changing,
                changing ? "VotersChange" : "Settled",
                changing
                        ? "The voter set is changed by one voter at a time; the next step waits until every voter uses set "
                                + (voters == null ? 0 : voters.sequence()) + "."
                        : "The voter set is the one that spec names.");
        setStalled(conditions);
        return conditions.list();
    }

    private void setReady(Conditions conditions) {
        if (voters == null) {
            conditions.set("Ready", Condition.FALSE, "Invalid", firstProblem());
        } else if (reportingVoters() < majority()) {
            conditions.set(
                    "Ready",
                    Condition.FALSE,
                    "NoMajority",
                    "%s of %s voters report, fewer than the majority of %s: look at metalha-agent on %s."
                            .formatted(reportingVoters(), voters.voters().size(), majority(), missing()));
        } else if (!problems.isEmpty()) {
            conditions.set("Ready", Condition.FALSE, "Invalid", firstProblem());
        } else {
            conditions.set("Ready", Condition.TRUE, "MajorityReports", reporting() + " voters report.");
        }
    }

    private void setStalled(Conditions conditions) {
        if (problems.isEmpty()) {
            conditions.set("Stalled", Condition.FALSE, "Valid", "The spec is acted upon.");
        } else {
            conditions.set("Stalled", Condition.TRUE, problems.getFirst().reason(), firstProblem());
        }
    }

    private String redundantText() {
        if (voters == null) {
            return "There are no voters yet.";
        }
        Optional<Voter> lease = voters.voters().stream()
                .filter(voter -> voter.role() == VoterRole.LEASE)
                .findFirst();
        if (reportingVoters() > majority()) {
            return lease.isPresent()
                    ? "Any one voter may be lost: a machine, or the API server with the Lease's vote."
                    : "Any one voter may be lost.";
        }
        if (voters.voters().size() < 3) {
            return "With " + voters.voters().size()
                    + " voters the loss of one ends the majority: add a witness to spec.witnesses, or write"
                    + " spec.leaseWitness: {}.";
        }
        if (lease.isPresent() && !reports(lease.get())) {
            return "The loss of a machine ends the majority: the Lease does not vote, see LeaseDoesNotVote in status.warnings of the"
                    + " MetalNodes.";
        }
        return "One more loss ends the majority" + (lease.isPresent() ? ", that of the API server too" : "")
                + ": bring back " + missing() + ".";
    }

    private String firstProblem() {
        return problems.isEmpty() ? "" : problems.getFirst().sentence() + ".";
    }

    /** At most five sentences. */
    List<String> summary(@Nullable FailoverBound bound) {
        var sentences = new ArrayList<String>();
        problems.stream().limit(2).forEach(problem -> sentences.add("Not acted upon: " + problem.sentence() + "."));
        if (voters != null) {
            sentences.add(describe(voters) + "; " + reporting() + " report.");
        }
        if (bound != null) {
            sentences.add("A failover starts the group elsewhere within " + Times.seconds(bound.beforeStartMillis())
                    + " of its owner's death: " + bound.arithmetic() + ".");
        }
        return sentences;
    }

    static String describe(Voters voters) {
        return "Voters (set %d): %s"
                .formatted(
                        voters.sequence(),
                        voters.voters().stream()
                                .map(voter -> voter.name() + " is " + voter.number())
                                .collect(Collectors.joining(", ")));
    }

    @Nullable
    String reporting() {
        return voters == null ? null : reportingVoters() + "/" + voters.voters().size();
    }

    private long reportingVoters() {
        return voters == null
                ? 0
                : voters.voters().stream().filter(this::reports).count();
    }

    private String missing() {
        return voters == null
                ? ""
                : voters.voters().stream()
                        .filter(voter -> !reports(voter))
                        .map(Voter::name)
                        .collect(Collectors.joining(", "));
    }

    private boolean reports(Voter voter) {
        return voter.role() == VoterRole.LEASE ? leaseVotes() : !facts.silent().contains(voter.name());
    }

    /** By the word of any server that reports: each asks the object for itself. */
    private boolean leaseVotes() {
        return facts.nodes().stream()
                .filter(node -> !facts.silent().contains(node.getMetadata().getName()))
                .map(node -> node.getStatus())
                .anyMatch(status -> status != null
                        && status.keeper() != null
                        && Boolean.TRUE.equals(status.keeper().leaseVotes()));
    }

    /** More than half. */
    private int majority() {
        return voters == null ? 0 : voters.voters().size() / 2 + 1;
    }
}
