// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.FailoverReport;
import io.metalha.node.agent.config.History;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.group.Cause;
import io.metalha.node.group.Effect;
import io.metalha.node.group.Event;
import io.metalha.node.local.Message;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Carries out what a group's life decides. Called by the deciding thread; whatever takes time runs elsewhere and comes back
 * as an event.
 */
final class GroupEffects {
    private static final Duration CONFIGURED = Duration.ofSeconds(10);

    private final GroupId id;
    private final AgentContext context;
    private final MirrorSide mirrors;
    private final KeeperSide keeper;
    private final GroupCalls calls;
    private ClusterGroup spec;

    /** @param answer takes events from any thread */
    GroupEffects(
            ClusterGroup group, AgentContext context, MirrorSide mirrors, KeeperSide keeper, Consumer<Event> answer) {
        this.id = new GroupId(group.getMetadata().getName());
        this.spec = group;
        this.context = context;
        this.mirrors = mirrors;
        this.keeper = keeper;
        this.calls = new GroupCalls(group, context.self(), context.drivers(), context.clock(), answer);
    }

    /** What {@link Effect.Redefine} will use. */
    void specify(ClusterGroup next) {
        spec = next;
    }

    GroupCalls calls() {
        return calls;
    }

    void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Start e -> calls.start(e.resource(), e.epoch(), e.timeout(), e.call());
            case Effect.Stop e -> calls.stop(e.resource(), e.epoch(), e.hard(), e.timeout(), e.call());
            case Effect.Probe e -> calls.probe(e.resource(), e.timeout(), e.call());
            case Effect.Interrupt e -> calls.interrupt(e.call());
            case Effect.Hold e -> hold(e.epoch());
            case Effect.Unhold _ -> context.marker(id).remove();
            case Effect.Release e -> {
                keeper.leaveAlone(mirrors.goodCopies());
                keeper.release(e.epoch());
            }
            case Effect.StartMonitors e -> calls.startMonitors(e.run());
            case Effect.StopMonitors _ -> calls.stopMonitors();
            case Effect.Redefine _ -> calls.redefine(spec);
            case Effect.Started e -> started(e);
            case Effect.Restarted e -> say("restarted in place in " + e.total().toMillis() + " ms: " + e.why());
            case Effect.Left e ->
                say("left in " + e.total().toMillis() + " ms under " + e.epoch() + ": "
                        + e.leave().why());
            case Effect.Ended e ->
                say("nothing is left of it here, " + e.total().toMillis() + " ms after: " + e.why());
            case Effect.Say e -> say(e.what());
        }
    }

    private void hold(Epoch epoch) {
        context.marker(id).create();
        keeper.stopList(spec, epoch);
    }

    private void started(Effect.Started e) {
        say("runs under " + e.epoch() + " after " + e.total().toMillis() + " ms; " + e.starts() + "; "
                + e.cause().why());
        boolean takeover = e.cause().kind() != Cause.Kind.FIRST_START;
        FailoverReport report = Takeover.report(e, context.self(), context.wallNow());
        context.histories().change(id, entry -> {
            History.Entry more = entry.withStart(e.total().toMillis(), takeover);
            return takeover ? more.withFailover(report) : more;
        });
    }

    void configureMirrors(List<Message> lines) {
        for (Message line : lines) {
            var _ = context.mirror().request(line, CONFIGURED).whenComplete((answer, error) -> {
                if (error != null || !answer.getBoolean("ok")) {
                    say(line.get("mirror") + " is not configured: "
                            + (error != null
                                    ? error.getMessage()
                                    : answer.find("reason").orElse("")));
                }
            });
        }
    }

    private void say(String what) {
        Journal.say(id + ": " + what);
    }
}
