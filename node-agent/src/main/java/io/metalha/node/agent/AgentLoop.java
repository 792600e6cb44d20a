// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.config.Journal;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.group.Event;
import java.time.Duration;

/** The agent's one deciding thread: time first, then a bounded batch of facts, then what follows from both. */
final class AgentLoop {
    static final Duration TURN = Duration.ofMillis(250);
    /** While something is about to be due in a fraction of a second. */
    private static final Duration SHORT_TURN = Duration.ofMillis(50);

    private static final int BATCH_MAX = 256;

    private final AgentContext context;
    private final Groups groups = new Groups();
    private final MirrorLines mirror;
    private final KeeperLines keeper;
    private final Acceptance acceptance;
    private final Operations operations;
    private final FencingSide fencing;
    private final StatusReport status;
    private final Answers answers;
    private final Explanations explanations;
    private boolean changed;
    private MonotonicTime nextTurnAt = MonotonicTime.ZERO;

    AgentLoop(AgentContext context, Publisher publisher, VoterObjects objects) {
        Warnings warnings = new Warnings();
        this.context = context;
        this.mirror = new MirrorLines(context, groups);
        LeaseWitness witness = new LeaseWitness(context, objects);
        this.keeper = new KeeperLines(context, groups, mirror, witness);
        this.acceptance = new Acceptance(context, groups, keeper, witness, warnings);
        this.operations = new Operations(context, groups, acceptance);
        this.fencing = new FencingSide(context, groups, keeper, witness, acceptance);
        this.status = new StatusReport(context, groups, keeper, witness, warnings, fencing::report, publisher);
        this.answers = new Answers(context, groups, keeper, operations);
        this.explanations = new Explanations(context, groups, publisher);
    }

    /** Runs until interrupted. */
    void run() throws InterruptedException {
        acceptance.begin();
        while (!Thread.currentThread().isInterrupted()) {
            Duration wait = nextTurnAt.since(context.now());
            context.inbox().drain(wait.isNegative() ? Duration.ZERO : wait, BATCH_MAX, this::take);
            MonotonicTime now = context.now();
            if (changed || now.isAtOrAfter(nextTurnAt)) {
                changed = false;
                turn(now);
                boolean soon = groups.all().stream().anyMatch(GroupRunner::isAboutToMove);
                nextTurnAt = now.plus(soon ? SHORT_TURN : TURN);
            }
        }
    }

    private void turn(MonotonicTime now) {
        keeper.turn(now);
        groups.each(GroupRunner::turn);
        operations.turn();
        fencing.turn(now);
        keeper.tellOthers(now);
        status.turn(now);
    }

    /** What is as it was before needs no turn of its own: most facts are monitors that are content. */
    private static boolean changesNothing(Fact fact) {
        return fact instanceof Fact.OfGroup e && e.event() instanceof Event.MonitorResult result && result.ok();
    }

    private void take(Fact fact) {
        changed |= !changesNothing(fact);
        try {
            switch (fact) {
                case Fact.KeeperUp _ -> keeper.connected();
                case Fact.KeeperDown e -> keeper.disconnected(e.why());
                case Fact.KeeperSaid e -> keeper.said(e.message());
                case Fact.MirrorUp _ -> mirror.connected();
                case Fact.MirrorDown e -> mirror.disconnected(e.why());
                case Fact.MirrorSaid e -> mirror.said(e.message());
                case Fact.OfGroup e -> groups.step(e);
                case Fact.Recorded e -> mirror.recorded(e);
                case Fact.ClusterShown e -> acceptance.cluster(e.cluster());
                case Fact.GroupShown e -> acceptance.group(e.group());
                case Fact.GroupGone e -> acceptance.groupGone(e.name());
                case Fact.OperationShown e -> {
                    if (!explanations.take(e.operation())) {
                        operations.shown(e.operation());
                        fencing.shown(e.operation());
                    }
                }
                case Fact.KeyShown e -> acceptance.key(e.key());
                case Fact.SecretShown e -> fencing.secretShown(e.name());
                case Fact.FenceAsked e -> fencing.asked(e);
                case Fact.FenceOrdered e -> fencing.ordered(e);
                case Fact.GoingDown _ -> keeper.goodbye();
                case Fact.LinksChanged _ -> {}
                case Fact.Asked e -> e.answer().complete(answers.to(e.question()));
            }
        } catch (RuntimeException e) {
            Journal.say("bug or bad input, dropped " + fact.getClass().getSimpleName() + ": " + e);
        }
    }
}
