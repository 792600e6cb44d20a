// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.storm;

import io.metalha.e2e.client.RawClock;
import io.metalha.e2e.kube.Failover;
import io.metalha.e2e.kube.Group;
import io.metalha.e2e.storm.Fault.Harm;
import io.metalha.e2e.story.Await;
import io.metalha.e2e.story.Rescue;
import io.metalha.e2e.story.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Rounds of one to three faults that overlap at random, each put right at random; after each round both groups must be up and redundant
 * again within {@link #HEALED}, and no acknowledged row may be missing.
 */
final class Storm {
    /** A server boots, resyncs, and a group may come home meanwhile. */
    private static final Duration HEALED = Duration.ofSeconds(150);

    /** From the first fault of a round in which a watchdog resets a server, for its leases to have ended. */
    private static final Duration LEASES_ENDED = Duration.ofSeconds(5);

    private static final int FAULTS_MAX = 3;
    private static final long APART_MILLIS = 3_000;
    private static final long LASTS_MILLIS = 7_000;

    private final Scene scene;
    private final Rescue rescue;
    private final RandomGenerator random;
    private final Consumer<String> out;
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final List<String> livenessMisses = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private final List<Failover> failovers = new ArrayList<>();
    private int rounds;

    Storm(Scene scene, Rescue rescue, RandomGenerator random, Consumer<String> out) {
        this.scene = scene;
        this.rescue = rescue;
        this.random = random;
        this.out = out;
        remember(false);
    }

    void rage(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            rounds++;
            round();
        }
    }

    private void round() {
        var harms = new ArrayList<Harm>();
        var words = new ArrayList<String>();
        long begin = RawClock.nanos();
        List<String> servers = scene.lab().topology().servers();
        List<Long> resets = servers.stream().map(scene.lab()::resets).toList();
        int count = 1 + random.nextInt(FAULTS_MAX);
        for (int i = 0; i < count; i++) {
            Fault fault = Fault.pick(List.of(Fault.values()), random);
            begin(fault, Fault.pick(servers, random)).ifPresent(harm -> {
                counts.merge(fault, 1, Integer::sum);
                harms.add(harm);
                words.add(harm.what());
            });
            pause(random.nextLong(APART_MILLIS));
        }
        pause(random.nextLong(LASTS_MILLIS));
        Collections.shuffle(harms, new Random(random.nextLong()));
        // One may need what another took away, such as the API server: those are asked twice.
        List<Harm> left = harms.stream().filter(harm -> !ended(harm)).toList();
        left.stream().filter(harm -> !ended(harm)).forEach(harm -> out.accept("     not put right: " + harm.what()));
        for (int i = 0; i < servers.size(); i++) {
            if (scene.lab().resets(servers.get(i)) > resets.get(i)) {
                words.add(servers.get(i) + " was reset by its watchdog");
                wasReset(servers.get(i), begin);
            }
        }
        heal(String.join("; ", words), begin);
    }

    /** Its keeper stood still, so it logged no end: its leases had ended long before the reset. */
    private void wasReset(String server, long roundBegan) {
        for (String group : List.of(Scene.DB, Scene.WEB)) {
            scene.owners().silent(server, group, roundBegan + LEASES_ENDED.toNanos());
        }
    }

    private Optional<Harm> begin(Fault fault, String victim) {
        if (fault.isOfServer() && !scene.lab().runs(victim)) {
            return Optional.empty();
        }
        try {
            return Optional.of(fault.begin(scene, victim, random));
        } catch (RuntimeException e) {
            out.accept("     %s could not be done to %s: %s".formatted(fault, victim, e.getMessage()));
            return Optional.empty();
        }
    }

    /** What cannot be put right because another fault took the server, the next look will find. */
    private static boolean ended(Harm harm) {
        try {
            harm.end();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private void heal(String what, long begin) {
        try {
            scene.lab().topology().servers().stream()
                    .filter(server -> !scene.lab().runs(server))
                    .forEach(scene.lab()::revive);
            scene.lab().heal();
            for (String group : List.of(Scene.DB, Scene.WEB)) {
                awaitUp(group);
                scene.awaitServed(group, RawClock.nanos(), HEALED);
            }
            remember(true);
            out.accept("round %3d ok   [%.1f s] %s".formatted(rounds, (RawClock.nanos() - begin) / 1e9, what));
        } catch (RuntimeException e) {
            livenessMisses.add("round " + rounds + ": " + e.getMessage());
            out.accept("round %3d FAIL [%.1f s] %s: %s"
                    .formatted(rounds, (RawClock.nanos() - begin) / 1e9, what, e.getMessage()));
            out.accept("     what was seen: " + rescue.dump("storm-round-" + rounds, e));
            rescue.putRight().ifPresent(trouble -> out.accept("     the lab could not be put right: " + trouble));
        }
    }

    /**
     * Up and redundant. A server on which the group did not work lately counts for nothing until a person says otherwise: then the
     * group is moved there, as that person would, and must work.
     */
    private void awaitUp(String group) {
        Await.until(HEALED, group + " up, its copies equal", () -> {
            Group now = scene.read(group);
            return now.is("Ready") && now.mirror().equals("UpToDate") ? Optional.empty() : Optional.of(now.brief());
        });
        boolean distrusted = scene.read(group)
                .condition("Redundant")
                .filter(condition -> condition.reason().equals("FailedHere"))
                .isPresent();
        if (distrusted) {
            String active = scene.read(group).active();
            String other = active.equals(Scene.SERVER1) ? Scene.SERVER2 : Scene.SERVER1;
            out.accept("     %s is moved to %s, where it did not work lately".formatted(group, other));
            scene.api().operation("Move", Map.of("group", group, "node", other));
        }
        scene.awaitRedundant(group, HEALED);
    }

    private void remember(boolean count) {
        for (String group : List.of(Scene.DB, Scene.WEB)) {
            for (Failover failover : scene.read(group).failovers()) {
                if (seen.add(group + " " + failover.id()) && count && failover.isTakeover()) {
                    failovers.add(failover);
                }
            }
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    int rounds() {
        return rounds;
    }

    Map<Fault, Integer> counts() {
        return counts;
    }

    List<String> livenessMisses() {
        return livenessMisses;
    }

    /** Takeovers that the histories told, oldest first. */
    List<Failover> failovers() {
        return failovers;
    }
}
