// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import static io.metalha.e2e.story.Scene.CLIENT_MILLIS;
import static io.metalha.e2e.story.Scene.DB;
import static io.metalha.e2e.story.Scene.REDUNDANT;
import static io.metalha.e2e.story.Scene.SERVER1;
import static io.metalha.e2e.story.Scene.SERVER2;
import static io.metalha.e2e.story.Scene.TAKEOVER;
import static io.metalha.e2e.story.Scene.WEB;

import io.metalha.e2e.client.RawClock;
import io.metalha.e2e.evidence.Outage;
import io.metalha.e2e.evidence.ResyncLog;
import io.metalha.e2e.kube.Failover;
import io.metalha.e2e.kube.Group;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Steps 4, 5, 6 and 9: servers lose power and return. */
final class PowerSteps {
    private static final Duration UNHELD_WATCH = Duration.ofSeconds(20);

    private PowerSteps() {}

    static List<Step> all() {
        return List.of(
                Step.of(
                        4,
                        "Server1 loses power: server2 takes over address, name, disk and database",
                        new Part("power loss of server1", scene -> powerLoss(scene, DB, SERVER1, SERVER2)),
                        new Part("the host name still answers", scene -> Names.answers(scene, DB)),
                        new Part("kubectl describe tells it", scene -> described(scene, DB))),
                Step.of(
                        5,
                        "Server1 returns and takes its work home",
                        new Part("nothing starts on it unheld", PowerSteps::nothingUnheld),
                        new Part("resync of only what changed, Redundant again", PowerSteps::redundantAgain),
                        new Part("automatic failback", PowerSteps::automaticFailback)),
                Step.of(
                        6,
                        "Server2 loses power: the same for iptv-web, failback by a ClusterOperation",
                        new Part("power loss of server2", scene -> powerLoss(scene, WEB, SERVER2, SERVER1)),
                        new Part("the host name still answers", scene -> Names.answers(scene, WEB)),
                        new Part("return and Redundant", PowerSteps::server2Returns),
                        new Part("failback asked for", PowerSteps::askedFailback)),
                Step.of(
                        9,
                        "Both off, only the one with the stale copy starts",
                        new Part("the stale copy is not started, and it is said why", PowerSteps::staleAlone),
                        new Part("with the other one all comes up", PowerSteps::bothTogether)));
    }

    /** The owner loses power; also used by the bench. Leaves the server off. */
    static Measured powerLoss(Scene scene, String group, String owner, String other) throws Exception {
        scene.awaitOn(group, owner, TAKEOVER);
        scene.awaitRedundant(group, REDUNDANT);
        scene.awaitServed(group, RawClock.nanos(), TAKEOVER);
        List<String> before = scene.failoverIds(group);
        long at = RawClock.nanos();
        scene.powerOff(owner);
        return tookOver(scene, group, before, at, other);
    }

    /** The other server has it: measured by the client, told by the history, held to the bound, no row lost. */
    static Measured tookOver(Scene scene, String group, List<String> before, long at, String other) throws Exception {
        scene.awaitOn(group, other, TAKEOVER);
        Outage outage = scene.awaitServed(group, at, TAKEOVER);
        scene.noRowLost();
        Failover failover = scene.awaitFailover(group, before, TAKEOVER);
        Expect.that(failover.to().equals(other), "the history says: %s", failover);
        Expect.that(failover.isTakeover(), "the history does not call it a takeover: %s", failover);
        Expect.that(!failover.reason().isEmpty(), "the history gives no reason: %s", failover.entry());
        Expect.that(!failover.phases().isEmpty(), "the history has no phases: %s", failover.entry());
        Expect.that(failover.boundMillis().isPresent(), "the history has no bound: %s", failover.entry());
        Measured measured = Measured.of(outage.millis(), failover);
        long bound = failover.boundMillis().orElseThrow();
        Expect.that(
                outage.millis() <= bound + CLIENT_MILLIS,
                "the client was without an answer for %d ms, the bound was %d ms; phases %s",
                outage.millis(),
                bound,
                failover.phases());
        return measured;
    }

    private static Measured described(Scene scene, String group) {
        Failover failover = scene.read(group).failovers().getFirst();
        String text =
                scene.api().kubectl("describe", "clustergroup", group).orFail().output();
        Expect.contains(text, failover.reason(), "kubectl describe");
        Expect.contains(text, "Outage Millis", "kubectl describe");
        Expect.contains(text, "Bound Millis", "kubectl describe");
        Expect.contains(text, "Phases", "kubectl describe");
        for (String phase : failover.phases().keySet()) {
            Expect.contains(text, phase, "kubectl describe");
        }
        return Measured.NOTHING;
    }

    /** MariaDB and Apache are enabled at boot, as their packages leave them, and do not start without the lease. */
    private static Measured nothingUnheld(Scene scene) {
        scene.remember(RawClock.nanos());
        scene.lab().revive(SERVER1);
        Await.until(TAKEOVER, "mariadb and apache2 enabled on server1, as their packages leave them", () -> {
            String enabled = scene.lab()
                    .exec(SERVER1, "systemctl", "is-enabled", "mariadb.service", "apache2.service")
                    .output()
                    .strip();
            return enabled.equals("enabled\nenabled") ? Optional.empty() : Optional.of(enabled);
        });
        Await.staysFor(UNHELD_WATCH, "unheld units stopped on server1", () -> unheld(scene, SERVER1));
        return Measured.NOTHING;
    }

    /** A unit that runs without the held marker of its group; the way home may be taken meanwhile, under a lease. */
    private static Optional<String> unheld(Scene scene, String server) {
        String seen = scene.lab()
                .exec(
                        server,
                        "sh",
                        "-c",
                        "systemctl show -P SubState mariadb.service; systemctl show -P SubState apache2.service; ls /run/metalha/held")
                .output();
        List<String> lines = seen.lines().toList();
        List<String> units = List.of(DB, WEB);
        for (int i = 0; i < units.size() && i < lines.size(); i++) {
            if (lines.get(i).equals("running") && !lines.contains(units.get(i))) {
                return Optional.of(units.get(i) + "'s unit runs, held are only: " + lines.subList(2, lines.size()));
            }
        }
        return Optional.empty();
    }

    private static Measured redundantAgain(Scene scene) throws Exception {
        scene.awaitRedundant(DB, REDUNDANT);
        scene.awaitRedundant(WEB, REDUNDANT);
        scene.noRowLost();
        List<ResyncLog> resyncs = ResyncLog.of(DB + ".data", scene.lab().messages(SERVER2, "metalha-mirror.service"));
        Expect.that(!resyncs.isEmpty(), "server2's mirror tells of no resync of the database's disk");
        ResyncLog last = resyncs.getLast();
        Expect.that(
                last.sentBytes() > 0 && last.comparedBytes() < last.diskBytes() / 2,
                "not only what changed was looked at: %s",
                last);
        return Measured.NOTHING;
    }

    /** Measured since the server's return: the way home may have been taken while the steps before were still looking. */
    static Measured automaticFailback(Scene scene) throws Exception {
        long at = scene.remembered();
        scene.awaitOn(DB, SERVER1, REDUNDANT);
        Outage outage = scene.awaitServed(DB, at, TAKEOVER);
        scene.awaitRedundant(DB, REDUNDANT);
        scene.noRowLost();
        Failover failover = scene.read(DB).failovers().getFirst();
        Expect.that(
                failover.to().equals(SERVER1) && !failover.isTakeover(),
                "the history does not tell a way home: %s",
                failover);
        return Measured.of(outage.millis(), failover);
    }

    private static Measured server2Returns(Scene scene) {
        scene.lab().revive(SERVER2);
        scene.awaitRedundant(WEB, REDUNDANT);
        scene.awaitRedundant(DB, REDUNDANT);
        Expect.that(
                scene.read(WEB).active().equals(SERVER1),
                "iptv-web has manual failback and moved by itself to %s",
                scene.read(WEB).active());
        return Measured.NOTHING;
    }

    private static Measured askedFailback(Scene scene) throws Exception {
        List<String> before = scene.failoverIds(WEB);
        long at = RawClock.nanos();
        String operation = scene.api().operation("Failback", Map.of("group", WEB));
        QuietSteps.awaitSucceeded(scene, operation);
        scene.awaitOn(WEB, SERVER2, TAKEOVER);
        Outage outage = scene.awaitServed(WEB, at, TAKEOVER);
        return Measured.of(outage.millis(), scene.awaitFailover(WEB, before, TAKEOVER));
    }

    /** Server1 goes first, so its copy of the database is the old one: rows are then acknowledged that only server2 has. */
    private static Measured staleAlone(Scene scene) throws Exception {
        scene.awaitHome(REDUNDANT);
        scene.powerOff(SERVER1);
        scene.awaitOn(DB, SERVER2, TAKEOVER);
        scene.awaitServed(DB, RawClock.nanos(), TAKEOVER);
        scene.powerOff(SERVER2);
        scene.lab().revive(SERVER1);
        Await.until(TAKEOVER, "server1 says why it does not start its stale copy", () -> {
            Group seen = scene.read(DB);
            var member = seen.member(SERVER1);
            String why = member.path("reason").asText() + " "
                    + member.path("message").asText();
            return why.toLowerCase(java.util.Locale.ROOT).matches(".*(stale|outdated|copy).*")
                    ? Optional.empty()
                    : Optional.of(seen.brief() + "; member server1: " + why);
        });
        // Only the database: nothing was written to the portal's disk meanwhile, so its copy here is good.
        Await.staysFor(UNHELD_WATCH, "the database down on server1", () -> {
            String state = scene.lab()
                    .exec(SERVER1, "systemctl", "show", "-P", "SubState", "mariadb.service")
                    .output()
                    .strip();
            return state.equals("running") ? Optional.of("mariadb " + state) : Optional.empty();
        });
        return Measured.NOTHING;
    }

    private static Measured bothTogether(Scene scene) throws Exception {
        scene.lab().revive(SERVER2);
        scene.awaitRedundant(DB, REDUNDANT);
        scene.awaitRedundant(WEB, REDUNDANT);
        scene.noRowLost();
        // The server with the good copies may have taken both; iptv-web goes home only when it is asked to.
        if (!scene.read(WEB).active().equals(SERVER2)) {
            QuietSteps.awaitSucceeded(scene, scene.api().operation("Failback", Map.of("group", WEB)));
        }
        scene.awaitHome(REDUNDANT);
        return Measured.NOTHING;
    }
}
