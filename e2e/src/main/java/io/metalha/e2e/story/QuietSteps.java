// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import static io.metalha.e2e.story.Scene.DB;
import static io.metalha.e2e.story.Scene.SERVER1;
import static io.metalha.e2e.story.Scene.SERVER2;
import static io.metalha.e2e.story.Scene.TAKEOVER;
import static io.metalha.e2e.story.Scene.WEB;

import io.metalha.e2e.client.RawClock;
import io.metalha.e2e.evidence.Outage;
import io.metalha.e2e.kube.Failover;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Steps 1 to 3: the steady state, trouble of one process, a planned move. */
final class QuietSteps {
    private static final Duration STEADY = Duration.ofSeconds(90);
    private static final Duration RECOVERY = Duration.ofSeconds(60);

    private QuietSteps() {}

    static List<Step> all() {
        return List.of(
                Step.of(
                        1,
                        "Steady: the database on server1, the portal on server2, both mirrors UpToDate",
                        new Part("both groups are Ready and Redundant, the client is served", QuietSteps::steady),
                        new Part("the summary says what would happen if the server died", QuietSteps::summary)),
                Step.of(
                        2,
                        "A killed and a stalled mariadbd are recovered in place",
                        new Part("kill -9 of mariadbd", scene -> trouble(scene, "KILL")),
                        new Part("SIGSTOP of mariadbd", scene -> trouble(scene, "STOP"))),
                Step.of(
                        3,
                        "Planned move of iptv-web and back, and of iptv-db",
                        new Part("move of the portal to server1", scene -> move(scene, WEB, SERVER1)),
                        new Part("move of the portal back to server2", scene -> move(scene, WEB, SERVER2)),
                        new Part("move of the database to server2", scene -> move(scene, DB, SERVER2)),
                        // Asking for the way back would race with its automatic failback.
                        new Part("the database goes home by itself", QuietSteps::steady)));
    }

    private static Measured steady(Scene scene) {
        scene.awaitHome(STEADY);
        return Measured.NOTHING;
    }

    private static Measured summary(Scene scene) {
        for (String group : List.of(DB, WEB)) {
            List<String> summary = scene.read(group).summary();
            Expect.that(summary.size() <= 5, "the summary of %s has %d sentences", group, summary.size());
            Expect.contains(String.join("\n", summary), "dies now", "the summary of " + group);
        }
        return Measured.NOTHING;
    }

    /** One process is in trouble: it is recovered where it is, and no failover is counted. */
    static Measured trouble(Scene scene, String signal) throws Exception {
        scene.awaitHome(STEADY);
        List<String> before = scene.failoverIds(DB);
        String pid = mainPid(scene);
        long at = RawClock.nanos();
        scene.lab().exec(SERVER1, "kill", "-" + signal, pid).orFail();
        Await.until(RECOVERY, "another mariadbd process on server1", () -> {
            String now = mainPid(scene);
            return now.equals(pid) || now.equals("0") ? Optional.of("main process " + now) : Optional.empty();
        });
        Outage outage = scene.awaitServed(DB, at, RECOVERY);
        scene.awaitOn(DB, SERVER1, RECOVERY);
        Expect.that(
                scene.failoverIds(DB).equals(before),
                "a failover was counted: %s",
                scene.read(DB).failovers());
        scene.noRowLost();
        return Measured.outage(outage.millis());
    }

    private static String mainPid(Scene scene) {
        return scene.lab()
                .exec(SERVER1, "systemctl", "show", "-P", "MainPID", "mariadb.service")
                .output()
                .strip();
    }

    /** A move that a person asks for; also used by the bench. */
    static Measured move(Scene scene, String group, String to) throws Exception {
        scene.awaitRedundant(group, STEADY);
        List<String> before = scene.failoverIds(group);
        long at = RawClock.nanos();
        String operation = scene.api().operation("Move", Map.of("group", group, "node", to));
        awaitSucceeded(scene, operation);
        scene.awaitOn(group, to, TAKEOVER);
        Outage outage = scene.awaitServed(group, at, TAKEOVER);
        Failover failover = scene.awaitFailover(group, before, TAKEOVER);
        Expect.that(!failover.isTakeover(), "a planned move is told as a failure: %s", failover);
        scene.awaitRedundant(group, STEADY);
        scene.noRowLost();
        return Measured.of(outage.millis(), failover);
    }

    static void awaitSucceeded(Scene scene, String operation) {
        Await.until(TAKEOVER, "the success of operation " + operation, () -> {
            var status = scene.api().object("ClusterOperation", operation).path("status");
            return status.path("state").asText().equals("Succeeded")
                    ? Optional.empty()
                    : Optional.of(status.path("state").asText("no state") + ": "
                            + status.path("message").asText());
        });
    }
}
