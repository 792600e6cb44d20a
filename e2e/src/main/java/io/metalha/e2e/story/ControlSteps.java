// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import static io.metalha.e2e.story.Scene.DB;
import static io.metalha.e2e.story.Scene.REDUNDANT;
import static io.metalha.e2e.story.Scene.SERVER1;
import static io.metalha.e2e.story.Scene.SERVER2;
import static io.metalha.e2e.story.Scene.TAKEOVER;
import static io.metalha.e2e.story.Scene.WEB;

import io.metalha.e2e.client.RawClock;
import io.metalha.e2e.evidence.Outage;
import io.metalha.e2e.kube.Failover;
import io.metalha.e2e.lab.Commands.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Steps 8 and 10: the control plane is away; objects are deleted, and bad ones are refused. */
final class ControlSteps {
    private static final Duration REPORTED = Duration.ofSeconds(30);

    private ControlSteps() {}

    static List<Step> all() {
        return List.of(
                Step.of(
                        8,
                        "Failover without the API server, and without the operator",
                        new Part("API server stopped, server1 loses power", ControlSteps::withoutApi),
                        new Part("operator stopped, server1 loses power", ControlSteps::withoutOperator)),
                Step.of(
                        10,
                        "Deleting is deliberate, bad manifests are refused",
                        new Part("deleting a running group is refused", ControlSteps::deletionRefused),
                        new Part("bad manifests are refused or reported", ControlSteps::badManifests),
                        new Part(
                                "deletionPolicy Stop stops it and leaves the data",
                                ControlSteps::deletedAndReapplied)));
    }

    private static Measured withoutApi(Scene scene) throws Exception {
        scene.awaitHome(REDUNDANT);
        List<String> before = scene.failoverIds(DB);
        long at;
        Outage outage;
        scene.lab().stopApi();
        try {
            at = RawClock.nanos();
            scene.powerOff(SERVER1);
            scene.awaitInterrupted(DB, at, TAKEOVER);
            outage = scene.awaitServed(DB, at, TAKEOVER);
        } finally {
            scene.lab().startApi();
        }
        Measured measured = told(scene, before, outage);
        home(scene);
        return measured;
    }

    private static Measured withoutOperator(Scene scene) throws Exception {
        scene.awaitHome(REDUNDANT);
        List<String> before = scene.failoverIds(DB);
        Outage outage;
        scene.lab().stopOperator();
        try {
            long at = RawClock.nanos();
            scene.powerOff(SERVER1);
            scene.awaitInterrupted(DB, at, TAKEOVER);
            outage = scene.awaitServed(DB, at, TAKEOVER);
        } finally {
            scene.lab().startOperator();
        }
        Measured measured = told(scene, before, outage);
        home(scene);
        return measured;
    }

    /** After the return of what was away, status and history tell what happened meanwhile. */
    private static Measured told(Scene scene, List<String> before, Outage outage) throws Exception {
        scene.awaitOn(DB, SERVER2, REPORTED.plus(TAKEOVER));
        Failover failover = scene.awaitFailover(DB, before, REPORTED);
        Expect.that(
                failover.isTakeover() && failover.to().equals(SERVER2), "the history does not tell it: %s", failover);
        scene.noRowLost();
        return Measured.of(outage.millis(), failover);
    }

    private static void home(Scene scene) {
        scene.lab().revive(SERVER1);
        scene.awaitHome(REDUNDANT);
    }

    private static Measured deletionRefused(Scene scene) {
        scene.awaitHome(REDUNDANT);
        Result result = scene.api().kubectl("delete", "clustergroup", WEB, "--wait=false");
        Expect.that(!result.ok(), "the deletion of a running group was accepted: %s", result.output());
        Expect.contains(result.output(), "deletionPolicy", "the refusal");
        Expect.that(
                scene.api()
                        .object("ClusterGroup", WEB)
                        .path("metadata")
                        .path("deletionTimestamp")
                        .isMissingNode(),
                "the group is being deleted although that was refused");
        scene.awaitHome(REDUNDANT);
        return Measured.NOTHING;
    }

    private static Measured badManifests(Scene scene) {
        scene.awaitHome(REDUNDANT);
        var problems = new ArrayList<String>();
        for (BadManifests.Bad bad : BadManifests.all()) {
            bad.tryOn(scene).ifPresent(problem -> problems.add(bad.name() + ": " + problem));
        }
        Expect.that(problems.isEmpty(), String.join("; ", problems).replace("%", "%%"));
        scene.awaitHome(REDUNDANT);
        return Measured.NOTHING;
    }

    private static Measured deletedAndReapplied(Scene scene) throws Exception {
        scene.awaitHome(REDUNDANT);
        scene.api()
                .kubectl("patch", "clustergroup", DB, "--type=merge", "-p", "{\"spec\":{\"deletionPolicy\":\"Stop\"}}")
                .orFail();
        scene.awaitOn(DB, SERVER1, TAKEOVER);
        scene.api().kubectl("delete", "clustergroup", DB, "--wait=false").orFail();
        Await.until(REDUNDANT, DB + " stopped and gone", () -> {
            boolean gone = scene.api().object("ClusterGroup", DB).isMissingNode();
            String running = scene.lab()
                    .exec(SERVER1, "systemctl", "show", "-P", "SubState", "mariadb.service")
                    .output()
                    .strip();
            return gone && !running.equals("running") ? Optional.empty() : Optional.of("mariadb " + running);
        });
        Path manifests = scene.lab().topology().root().resolve("examples/iptv");
        scene.api()
                .kubectl("apply", "-f", manifests.resolve("database.yaml").toString())
                .orFail();
        scene.awaitHome(REDUNDANT);
        scene.noRowLost();
        return Measured.NOTHING;
    }
}
