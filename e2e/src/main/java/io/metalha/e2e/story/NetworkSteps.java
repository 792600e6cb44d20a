// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import static io.metalha.e2e.story.Scene.DB;
import static io.metalha.e2e.story.Scene.REDUNDANT;
import static io.metalha.e2e.story.Scene.SERVER1;
import static io.metalha.e2e.story.Scene.SERVER2;
import static io.metalha.e2e.story.Scene.TAKEOVER;
import static io.metalha.e2e.story.Scene.WEB;

import com.fasterxml.jackson.databind.JsonNode;
import io.metalha.e2e.client.Answer;
import io.metalha.e2e.client.RawClock;
import io.metalha.e2e.evidence.Span;
import io.metalha.e2e.kube.Group;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Step 7: cables, and processes that stand still. */
final class NetworkSteps {
    private static final Duration NOTHING_MOVES = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<String> PROCESSES = List.of("metalha-agent.service", "metalha-keeper.service");

    private NetworkSteps() {}

    static List<Step> all() {
        return List.of(Step.of(
                7,
                "Cables are pulled, processes stand still: what must move moves, and nothing else",
                new Part("private network dead: nothing moves, mirrors stay UpToDate", NetworkSteps::privateDead),
                new Part("public network dead for both: nothing moves", NetworkSteps::publicDead),
                new Part("keeper and agent of the owner stand still", NetworkSteps::standStill),
                new Part("public cable of the active server: the group moves", NetworkSteps::publicCable),
                new Part("both networks of server1: it stops before server2 starts", NetworkSteps::isolated)));
    }

    private static Measured privateDead(Scene scene) throws Exception {
        scene.awaitHome(REDUNDANT);
        Seen before = Seen.of(scene);
        scene.lab().cut("servers", "private");
        Await.until(SOON, "server1 tells that its private path to server2 is down", () -> {
            JsonNode paths =
                    scene.api().object("MetalNode", SERVER1).path("status").path("paths");
            for (JsonNode path : paths) {
                if (path.path("peer").asText().equals(SERVER2)
                        && path.path("path").asText().equals("private")
                        && path.path("state").asText().equals("Down")) {
                    return Optional.empty();
                }
            }
            return Optional.of(paths.toString());
        });
        Await.staysFor(NOTHING_MOVES, "both groups where they were", () -> before.moved(scene));
        // The mirror is on the other network by now, and the copies are as good as before.
        scene.awaitRedundant(DB, SOON);
        scene.awaitRedundant(WEB, SOON);
        scene.noRowLost();
        scene.lab().heal();
        scene.awaitHome(REDUNDANT);
        return Measured.NOTHING;
    }

    private static Measured publicDead(Scene scene) throws Exception {
        scene.awaitHome(REDUNDANT);
        Seen before = Seen.of(scene);
        long at = RawClock.nanos();
        scene.lab().cut("servers", "public");
        // What the agents say cannot reach the API now; the history tells it afterwards.
        Await.staysFor(NOTHING_MOVES, "mariadb running on server1 only", () -> {
            String there = mariadb(scene, SERVER1);
            String other = mariadb(scene, SERVER2);
            return there.equals("running") && !other.equals("running")
                    ? Optional.empty()
                    : Optional.of("server1 %s, server2 %s".formatted(there, other));
        });
        scene.lab().heal();
        scene.awaitServed(DB, at, TAKEOVER);
        scene.awaitHome(REDUNDANT);
        Expect.that(before.moved(scene).isEmpty(), "a failover was counted: %s", before.moved(scene));
        scene.noRowLost();
        return Measured.NOTHING;
    }

    private static String mariadb(Scene scene, String server) {
        return scene.lab()
                .exec(server, "systemctl", "show", "-P", "SubState", "mariadb.service")
                .output()
                .strip();
    }

    /** Nothing of ours runs on the owner any more; its address must be silent before the other one answers. */
    private static Measured standStill(Scene scene) throws Exception {
        scene.awaitHome(REDUNDANT);
        List<String> before = scene.failoverIds(DB);
        long at = RawClock.nanos();
        try {
            PROCESSES.forEach(unit -> scene.lab().signal(SERVER1, unit, "STOP"));
            Measured measured = PowerSteps.tookOver(scene, DB, before, at, SERVER2);
            long lastOfOld = lastRow(scene, SERVER1);
            long firstOfNew = firstRowSince(scene, SERVER2, at);
            Expect.that(
                    lastOfOld < firstOfNew,
                    "server1 acknowledged a row %d us after server2 had",
                    (lastOfOld - firstOfNew) / 1000);
            scene.owners().silent(SERVER1, DB, lastOfOld);
            return measured;
        } finally {
            PROCESSES.reversed().forEach(unit -> scene.lab().signal(SERVER1, unit, "CONT"));
            scene.awaitHome(REDUNDANT);
        }
    }

    private static long lastRow(Scene scene, String host) {
        return rows(scene, host).stream().mapToLong(Answer::endNanos).max().orElse(Long.MIN_VALUE);
    }

    private static long firstRowSince(Scene scene, String host, long nanos) {
        return rows(scene, host).stream()
                .mapToLong(Answer::endNanos)
                .filter(end -> end >= nanos)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private static List<Answer> rows(Scene scene, String host) {
        return scene.client().timeline().all().stream()
                .filter(answer -> answer.outcome() instanceof Answer.Good(var _, var by) && by.equals(host))
                .toList();
    }

    /** Its address is useless there, so the group moves although the server lives. Also used by the bench. */
    static Measured publicCable(Scene scene) throws Exception {
        scene.awaitHome(REDUNDANT);
        List<String> before = scene.failoverIds(DB);
        long at = RawClock.nanos();
        scene.lab().cut(SERVER1, "public");
        try {
            return PowerSteps.tookOver(scene, DB, before, at, SERVER2);
        } finally {
            scene.lab().heal();
            scene.awaitHome(REDUNDANT);
        }
    }

    private static Measured isolated(Scene scene) throws Exception {
        scene.awaitHome(REDUNDANT);
        List<String> before = scene.failoverIds(DB);
        long at = RawClock.nanos();
        scene.lab().cut(SERVER1, "both");
        Measured measured;
        try {
            measured = PowerSteps.tookOver(scene, DB, before, at, SERVER2);
            stoppedFirst(scene, at);
        } finally {
            scene.lab().heal();
            scene.awaitHome(REDUNDANT);
        }
        scene.noRowLost();
        return measured;
    }

    /** From both sides' own logs, on one clock. */
    private static void stoppedFirst(Scene scene, long at) {
        var ended = new ArrayList<Span>();
        var begun = new ArrayList<Span>();
        for (Span span : scene.owners().spans(DB)) {
            if (span.node().equals(SERVER1) && span.endNanos() >= at && span.endNanos() != Long.MAX_VALUE) {
                ended.add(span);
            }
            if (span.node().equals(SERVER2) && span.beginNanos() >= at) {
                begun.add(span);
            }
        }
        Expect.that(!ended.isEmpty(), "server1's keeper does not say that it lost the group");
        Expect.that(!begun.isEmpty(), "server2's keeper does not say that it was granted the group");
        long ahead = begun.getFirst().beginNanos() - ended.getFirst().endNanos();
        Expect.that(ahead > 0, "server2 began %d us before server1 had ended", -ahead / 1000);
    }

    /** Where the groups are and how many changes of owner their histories tell. */
    private record Seen(List<String> owners, List<List<String>> histories) {
        static Seen of(Scene scene) {
            return new Seen(
                    List.of(scene.read(DB).active(), scene.read(WEB).active()),
                    List.of(scene.failoverIds(DB), scene.failoverIds(WEB)));
        }

        Optional<String> moved(Scene scene) {
            Seen now = of(scene);
            if (now.equals(this)) {
                return Optional.empty();
            }
            Group db = scene.read(DB);
            Group web = scene.read(WEB);
            return Optional.of("%s %s; %s %s".formatted(db.brief(), db.failovers(), web.brief(), web.failovers()));
        }
    }
}
