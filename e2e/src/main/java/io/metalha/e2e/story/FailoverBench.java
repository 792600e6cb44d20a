// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import static io.metalha.e2e.story.Scene.DB;
import static io.metalha.e2e.story.Scene.REDUNDANT;
import static io.metalha.e2e.story.Scene.SERVER1;
import static io.metalha.e2e.story.Scene.SERVER2;
import static io.metalha.e2e.story.Scene.TAKEOVER;
import static io.metalha.e2e.story.Scene.WEB;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.metalha.e2e.evidence.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Repeats a failure or a move and says how long the client was without an answer. */
final class FailoverBench {
    /**
     * A case's figures.
     *
     * @param boundMillis the largest bound that MetalHA promised for it; none for a recovery in place
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Row(
            String caseName,
            int n,
            long medianMillis,
            long maxMillis,
            @Nullable Long boundMillis) {
        static Row of(String name, List<Measured> measured) {
            long[] outages = measured.stream()
                    .mapToLong(m -> m.outageMillis() == null ? 0 : m.outageMillis())
                    .toArray();
            Long bound = null;
            for (Measured one : measured) {
                if (one.boundMillis() != null && (bound == null || one.boundMillis() > bound)) {
                    bound = one.boundMillis();
                }
            }
            return new Row(name, outages.length, Figures.median(outages), Figures.max(outages), bound);
        }

        String line() {
            String ratio =
                    boundMillis == null ? "" : "%.1f".formatted(boundMillis / (double) Math.max(1, medianMillis));
            return "%-44s %3d %9d %9d %9s %9s"
                    .formatted(caseName, n, medianMillis, maxMillis, boundMillis == null ? "" : boundMillis, ratio);
        }
    }

    static final String HEADER =
            "%-44s %3s %9s %9s %9s %9s".formatted("case", "n", "median ms", "max ms", "bound ms", "bound/med");

    private record Case(String name, Part.Action play, Part.Action restore) {}

    private static final Part.Action HOME = scene -> {
        scene.awaitHome(REDUNDANT);
        return Measured.NOTHING;
    };

    private static final List<Case> CASES = List.of(
            new Case(
                    "power loss of the database's server, SQL",
                    scene -> PowerSteps.powerLoss(scene, DB, SERVER1, SERVER2),
                    FailoverBench::bringBack1),
            new Case(
                    "power loss of the web's server, HTTP",
                    scene -> PowerSteps.powerLoss(scene, WEB, SERVER2, SERVER1),
                    FailoverBench::bringBack2),
            new Case("public cable of the database's server, SQL", NetworkSteps::publicCable, HOME),
            new Case(
                    "move of the database, SQL",
                    scene -> QuietSteps.move(scene, DB, SERVER2),
                    scene -> QuietSteps.move(scene, DB, SERVER1)),
            new Case(
                    "move of the web, HTTP",
                    scene -> QuietSteps.move(scene, WEB, SERVER1),
                    scene -> QuietSteps.move(scene, WEB, SERVER2)),
            new Case(
                    "kill -9 of mariadbd, SQL",
                    scene -> QuietSteps.trouble(scene, "KILL"),
                    FailoverBench::awayAndHome));

    private FailoverBench() {}

    /** @return the rows; a round that fails is told and not counted */
    static List<Row> run(Scene scene, Rescue rescue, int rounds, Consumer<String> out) {
        var rows = new ArrayList<Row>();
        for (Case one : CASES) {
            var measured = new ArrayList<Measured>();
            for (int round = 1; round <= rounds; round++) {
                try {
                    scene.awaitHome(REDUNDANT);
                    measured.add(one.play().play(scene));
                    out.accept("%s, round %d: %s"
                            .formatted(one.name(), round, measured.getLast().inWords()));
                    one.restore().play(scene);
                } catch (Exception e) {
                    out.accept("%s, round %d failed: %s".formatted(one.name(), round, e.getMessage()));
                    out.accept("what was seen: " + rescue.dump("bench-" + one.name() + "-" + round, e));
                    rescue.putRight().ifPresent(trouble -> out.accept("not put right: " + trouble));
                }
            }
            if (!measured.isEmpty()) {
                rows.add(Row.of(one.name(), measured));
            }
        }
        return rows;
    }

    /** Killed again before it ran well for a few seconds, the group would be handed over, as it should. A new lease begins anew. */
    private static Measured awayAndHome(Scene scene) throws Exception {
        QuietSteps.move(scene, DB, SERVER2);
        scene.awaitHome(REDUNDANT);
        return Measured.NOTHING;
    }

    private static Measured bringBack1(Scene scene) {
        scene.lab().revive(SERVER1);
        scene.awaitHome(REDUNDANT);
        return Measured.NOTHING;
    }

    private static Measured bringBack2(Scene scene) {
        scene.lab().revive(SERVER2);
        scene.awaitRedundant(WEB, REDUNDANT);
        QuietSteps.awaitSucceeded(scene, scene.api().operation("Failback", Map.of("group", WEB)));
        scene.awaitOn(WEB, SERVER2, TAKEOVER);
        scene.awaitHome(REDUNDANT);
        return Measured.NOTHING;
    }
}
