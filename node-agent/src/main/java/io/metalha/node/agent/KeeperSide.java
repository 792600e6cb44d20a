// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.group.Event;
import io.metalha.node.local.Message;
import io.metalha.node.resource.ResourceDriver.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What the keeper is told for one group: the wish for its lease, its stop list, the release. */
final class KeeperSide {
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration RELEASE_AGAIN = Duration.ofMillis(200);
    private static final int RELEASES_MAX = 10;

    private final GroupId id;
    private final AgentContext context;
    private final Consumer<Event> answer;
    private Message want = Message.of("want");

    /** @param answer takes events from any thread */
    KeeperSide(GroupId id, AgentContext context, Consumer<Event> answer) {
        this.id = id;
        this.context = context;
        this.answer = answer;
    }

    /** It has begun anew, and knows no wish of ours. */
    void forget() {
        want = Message.of("want");
    }

    void acquire(Duration delay, String copies) {
        want("acquire", delay, copies);
    }

    void leaveAlone(String copies) {
        want("none", Duration.ZERO, copies);
    }

    private void want(String mode, Duration delay, String copies) {
        Message next = Message.of("want", "group", id, "mode", mode, "delayMillis", delay.toMillis(), "copies", copies);
        if (!next.equals(want) && context.keeper().send(next)) {
            want = next;
        }
    }

    /** Asks the host what there is to end, so not on the deciding thread; answered by StopListed. */
    void stopList(ClusterGroup group, Epoch epoch) {
        var _ = Thread.ofVirtual().name("stop-list").start(() -> tellStopList(group, epoch));
    }

    private void tellStopList(ClusterGroup group, Epoch epoch) {
        Outcome outcome;
        try {
            Drivers.StopList list = context.drivers().stopList(group);
            Message line = Message.of(
                    "stoplist",
                    "group",
                    id,
                    "epoch",
                    epoch,
                    "cgroups",
                    orNone(list.cgroups()),
                    "addresses",
                    orNone(list.addresses()));
            outcome = Requests.outcome(context.keeper(), line, ANSWER);
        } catch (RuntimeException e) {
            outcome = new Outcome.Failed(String.valueOf(e.getMessage()));
        }
        answer.accept(
                switch (outcome) {
                    case Outcome.Done _ -> new Event.StopListed(epoch, true, "", context.now());
                    case Outcome.Failed(var reason) -> new Event.StopListed(epoch, false, reason, context.now());
                });
    }

    /** Answered by Released. */
    void release(Epoch epoch) {
        giveBack(epoch, 1);
    }

    /** Without an answer the keeper is gone, and says on its return what it holds; a refusal is asked again. */
    private void giveBack(Epoch epoch, int attempt) {
        Message line = Message.of("release", "group", id, "epoch", epoch);
        var _ = context.keeper().request(line, ANSWER).whenComplete((said, error) -> {
            boolean refused = error == null && !said.find("ok").orElse("true").equals("true");
            if (refused && attempt < RELEASES_MAX) {
                CompletableFuture.delayedExecutor(RELEASE_AGAIN.toMillis(), TimeUnit.MILLISECONDS)
                        .execute(() -> giveBack(epoch, attempt + 1));
            } else {
                answer.accept(new Event.Released(epoch, context.now()));
            }
        });
    }

    private static String orNone(List<String> list) {
        return list.isEmpty() ? "-" : String.join(",", list);
    }
}
