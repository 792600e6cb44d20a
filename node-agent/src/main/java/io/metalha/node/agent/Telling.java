// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.known.GroupNews;
import io.metalha.node.agent.peer.Blob;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.local.Message;
import java.time.Duration;
import java.util.List;

/** Tells the other agents, with the keepers' heartbeats, how this one, its paths and its groups are. */
final class Telling {
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Blob NOTHING = new Blob(-1, List.of(), List.of());

    private final AgentContext context;
    private final Groups groups;
    private MonotonicTime beatAt = MonotonicTime.ZERO;
    private boolean saidGoodbye;
    private int beat;
    private Blob last = NOTHING;

    Telling(AgentContext context, Groups groups) {
        this.context = context;
        this.groups = groups;
    }

    /** The keeper has begun anew, and has no blob of ours. */
    void again() {
        beatAt = MonotonicTime.ZERO;
        last = NOTHING;
    }

    /** The server is being shut down: says so, and nothing more. */
    void goodbye() {
        context.keeper().send(Message.of("blob", "data", new Blob(Blob.GOING_DOWN, List.of(), List.of()).encode()));
        saidGoodbye = true;
    }

    /** Only with a keeper that is up. */
    void tell(MonotonicTime now) {
        if (saidGoodbye) {
            return;
        }
        // The keepers' agents tell a stalled agent by its beat standing still.
        if (now.since(beatAt).compareTo(BEAT) >= 0) {
            beat++;
            beatAt = now;
        }
        List<GroupNews> told =
                groups.all().stream().map(group -> group.view().news(now)).toList();
        Blob blob = new Blob(beat, context.view().ownPaths(), told);
        if (!blob.equals(last) && context.keeper().send(Message.of("blob", "data", blob.encode()))) {
            last = blob;
        }
    }
}
