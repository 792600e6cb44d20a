// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Plays a group's life: feeds events, shows the effects as words. */
final class Play {
    final GroupMachine machine;
    final Map<String, Long> pending = new LinkedHashMap<>();
    final List<String> log = new ArrayList<>();
    private final Set<String> running = new TreeSet<>();
    private MonotonicTime now = new MonotonicTime(1_000_000_000);
    private long run;

    Play(GroupPlan plan) {
        machine = new GroupMachine(plan, List.of());
    }

    static Play standby() {
        return standby(plan());
    }

    static Play standby(GroupPlan plan) {
        Play play = new Play(plan);
        play.unheld(Event.Left.FROZEN);
        while (!play.pending.isEmpty()) {
            play.answerOldest();
        }
        play.log.clear();
        return play;
    }

    static Play running(Epoch epoch) {
        Play play = standby();
        play.granted(epoch);
        play.stopListed(epoch);
        while (!play.pending.isEmpty()) {
            play.answerOldest();
        }
        play.log.clear();
        return play;
    }

    static GroupPlan plan() {
        return plan(
                resource("data", StopClass.DISK),
                resource("files", StopClass.MOUNT, "data"),
                resource("vip", StopClass.ADDRESS, "files"),
                resource("sql", StopClass.PROCESS, "vip"));
    }

    static GroupPlan plan(ResourcePlan... resources) {
        List<ResourcePlan> all = List.of(resources);
        List<MonitorPlan> monitors = new ArrayList<>();
        for (ResourcePlan resource : all) {
            String name = resource.id().name();
            if (name.equals("sql")) {
                monitors.add(monitor("sql", resource.id(), 2));
            } else if (name.equals("vip")) {
                monitors.add(monitor("ip", resource.id(), 1));
            }
        }
        Recovery recovery = new Recovery(1, 2, Duration.ofHours(1), Recovery.FinalAction.STOP_GROUP, true, false);
        return new GroupPlan(new GroupId("db"), all, monitors, recovery);
    }

    static ResourcePlan resource(String name, StopClass kind, String... needs) {
        return resource(name, kind, "as it was", List.of(needs));
    }

    static ResourcePlan resource(String name, StopClass kind, String fingerprint, List<String> needs) {
        List<ResourceId> ids = needs.stream().map(ResourceId::new).toList();
        return new ResourcePlan(
                new ResourceId(name), kind, ids, Duration.ofSeconds(60), Duration.ofSeconds(30), fingerprint);
    }

    private static MonitorPlan monitor(String name, ResourceId on, int failures) {
        return new MonitorPlan(name, on, Duration.ofSeconds(1), Duration.ofSeconds(1), failures, true, "");
    }

    Phase phase() {
        return machine.phase();
    }

    MonotonicTime now() {
        return now;
    }

    void advance(Duration by) {
        now = now.plus(by);
    }

    boolean seen(String word) {
        return log.stream().anyMatch(line -> line.startsWith(word));
    }

    Set<String> leftRunning() {
        return running;
    }

    List<String> granted(Epoch epoch) {
        Cause cause = new Cause(
                Cause.Kind.FAILOVER,
                "server1",
                "it died",
                Duration.ZERO,
                Duration.ofMillis(900),
                Duration.ofSeconds(2));
        return step(new Event.Granted(epoch, cause, now));
    }

    List<String> stopListed(Epoch epoch) {
        return step(new Event.StopListed(epoch, true, "", now));
    }

    List<String> resumed(Epoch epoch) {
        return step(new Event.Resumed(epoch, now));
    }

    List<String> unheld(Event.Left left) {
        return step(new Event.Unheld(left, now));
    }

    List<String> lost(Epoch epoch) {
        return step(new Event.Lost(epoch, "Expired", now));
    }

    List<String> released(Epoch epoch) {
        return step(new Event.Released(epoch, now));
    }

    List<String> giveUp(Leave.Kind kind, String target) {
        return step(new Event.GiveUp(new Leave(kind, target, "asked"), now));
    }

    List<String> around(boolean another, int elsewhere, boolean useful) {
        return step(new Event.Surroundings(another, elsewhere, useful, now));
    }

    List<String> spec(GroupPlan plan) {
        return step(new Event.SpecChanged(plan, now));
    }

    List<String> tick() {
        return step(new Event.Tick(now));
    }

    List<String> done(String call) {
        advance(Duration.ofMillis(10));
        String id = call.substring(call.lastIndexOf(' ') + 1);
        if (call.startsWith("start")) {
            running.add(id);
        } else {
            running.remove(id);
        }
        return step(new Event.StepDone(take(call), now));
    }

    List<String> failed(String call, String reason) {
        advance(Duration.ofMillis(10));
        return step(new Event.StepFailed(take(call), reason, now));
    }

    /** All that is asked for succeeds, until the call is under way. */
    void answerUntil(String call) {
        while (!pending.containsKey(call)) {
            if (pending.isEmpty()) {
                throw new AssertionError("'" + call + "' did not come; " + log);
            }
            answerOldest();
        }
    }

    List<String> found(String resource, Event.ProbeResult result) {
        return step(new Event.Probed(take("probe " + resource), result, "", now));
    }

    List<String> monitor(String name, boolean ok) {
        return monitorOfRun(name, run, ok);
    }

    List<String> monitorOfRun(String name, long of, boolean ok) {
        return step(new Event.MonitorResult(name, of, ok, "no answer", now));
    }

    List<String> failSql() {
        monitor("sql", false);
        return monitor("sql", false);
    }

    void answerOldest() {
        pending.keySet().stream().findFirst().ifPresent(this::done);
    }

    private long take(String call) {
        Long number = pending.remove(call);
        if (number == null) {
            throw new AssertionError("'" + call + "' is not under way; " + pending.keySet() + " are");
        }
        return number;
    }

    /** A monitor's failure, as the agent hands it over: after a look at what is around. */
    List<String> lookThenFail(String name, long of) {
        return words(machine.step(List.of(
                new Event.Surroundings(true, 0, true, now),
                new Event.MonitorResult(name, of, false, "no answer", now))));
    }

    private List<String> step(Event event) {
        return words(machine.step(event));
    }

    private List<String> words(List<Effect> effects) {
        List<String> words = new ArrayList<>();
        for (Effect effect : effects) {
            String word = word(effect);
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        log.addAll(words);
        return words;
    }

    private String word(Effect effect) {
        return switch (effect) {
            case Effect.Start e -> calling("start " + e.resource(), e.call());
            case Effect.Stop e -> calling("stop " + (e.hard() ? "hard " : "") + e.resource(), e.call());
            case Effect.Probe e -> calling("probe " + e.resource(), e.call());
            case Effect.Interrupt e ->
                "interrupt "
                        + pending.entrySet().stream()
                                .filter(entry -> entry.getValue() == e.call())
                                .map(entry ->
                                        entry.getKey().substring(entry.getKey().lastIndexOf(' ') + 1))
                                .findFirst()
                                .orElseThrow();
            case Effect.Hold e -> "hold " + e.epoch();
            case Effect.Unhold _ -> "unhold";
            case Effect.Release e -> "release " + e.epoch();
            case Effect.StartMonitors e -> {
                run = e.run();
                yield "monitors " + e.run();
            }
            case Effect.StopMonitors _ -> "no monitors";
            case Effect.Redefine _ -> "redefine";
            case Effect.Started _ -> "started";
            case Effect.Restarted _ -> "restarted";
            case Effect.Left e -> "left " + e.leave().kind();
            case Effect.Ended _ -> "ended";
            case Effect.Say _ -> "";
        };
    }

    private String calling(String word, long call) {
        pending.put(word, call);
        return word;
    }
}
