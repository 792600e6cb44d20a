// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.Monitor;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Event;
import io.metalha.node.group.ResourceId;
import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.resource.ResourceDriver;
import io.metalha.node.resource.ResourceDriver.Outcome;
import io.metalha.node.resource.ResourceDriver.Probe;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Carries out the calls of one group, each on a virtual thread of its own; every call is answered, whatever the driver
 * does. Called by the deciding thread only.
 */
final class GroupCalls {
    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(2);

    private final NodeId self;
    private final Drivers drivers;
    private final MonotonicClock clock;
    private final Consumer<Event> answer;
    private final Map<ResourceId, ResourceDriver> built = new HashMap<>();
    private final Map<ResourceId, Resource> definitions = new HashMap<>();
    private final Map<Long, Thread> running = new ConcurrentHashMap<>();
    private MonitorRuns monitors = MonitorRuns.NONE;
    private ClusterGroup group;

    GroupCalls(ClusterGroup group, NodeId self, Drivers drivers, MonotonicClock clock, Consumer<Event> answer) {
        this.self = self;
        this.group = group;
        this.drivers = drivers;
        this.clock = clock;
        this.answer = answer;
        var _ = build();
    }

    /** Takes another specification; what changed was stopped by its old driver, what did not keeps its driver. */
    void redefine(ClusterGroup next) {
        group = next;
        List<ResourceDriver> gone = build();
        virtual("forget", () -> gone.forEach(GroupCalls::forget));
        warmUp();
    }

    /**
     * Loads what a first start would load, and takes units over; in the background. On a server that the group's placement does
     * not name, its units are whoever's they are, and what a former placement took over is given back.
     */
    void warmUp() {
        if (!group.getSpec().placement().nodes().contains(self.name())) {
            forget();
            return;
        }
        for (ResourceDriver each : List.copyOf(built.values())) {
            virtual("warm-up", each::warmUp);
        }
    }

    /** The group is stopped, and no longer belongs here. */
    void forget() {
        List<ResourceDriver> all = List.copyOf(built.values());
        virtual("forget", () -> all.forEach(GroupCalls::forget));
    }

    /** A specification that came before the first look at what runs may leave out what still does: that stays guarded. */
    private static void forget(ResourceDriver driver) {
        if (driver.probe(LOOK_TIMEOUT) instanceof Probe.Stopped) {
            driver.forget();
        }
    }

    /** What a person should know of resources, although they run. */
    Map<ResourceId, String> warnings() {
        Map<ResourceId, String> texts = new HashMap<>();
        built.forEach((id, driver) -> driver.warning().ifPresent(text -> texts.put(id, text)));
        return texts;
    }

    void expect() {
        List.copyOf(built.values()).forEach(each -> virtual("expect", each::expect));
    }

    void start(ResourceId id, Epoch epoch, Duration timeout, long call) {
        call(id, call, driver -> ended(driver.start(epoch, timeout), call));
    }

    void stop(ResourceId id, Epoch epoch, boolean hard, Duration timeout, long call) {
        call(id, call, driver -> ended(driver.stop(epoch, hard, timeout), call));
    }

    void probe(ResourceId id, Duration timeout, long call) {
        call(id, call, driver -> probed(driver.probe(timeout), call));
    }

    void interrupt(long call) {
        Thread thread = running.get(call);
        if (thread != null) {
            thread.interrupt();
        }
    }

    void startMonitors(long run) {
        monitors.stop();
        monitors = new MonitorRuns(run, clock, answer);
        for (Monitor monitor : group.getSpec().monitors()) {
            try {
                monitors.repeat(monitor, drivers.monitor(group, monitor));
            } catch (IllegalArgumentException e) {
                Journal.say(group.getMetadata().getName() + ": " + e.getMessage());
            }
        }
        built.forEach((id, driver) -> monitors.watch(Plans.watchName(id), driver));
    }

    void stopMonitors() {
        monitors.stop();
        monitors = MonitorRuns.NONE;
    }

    /** The drivers that no resource has any more. A resource that only got another name still has what was taken over. */
    private List<ResourceDriver> build() {
        Set<ResourceId> named = new HashSet<>();
        Set<Resource.Type> types = new HashSet<>();
        Map<ResourceId, ResourceDriver> before = Map.copyOf(built);
        Map<ResourceId, Resource> defined = Map.copyOf(definitions);
        for (Resource resource : group.getSpec().resources()) {
            ResourceId id = new ResourceId(resource.name());
            named.add(id);
            types.add(Plans.type(resource));
            Resource former = definitions.put(id, resource);
            if (former == null || !Objects.equals(former.type(), resource.type())) {
                built.put(id, drivers.driver(group, resource));
            }
        }
        definitions.keySet().retainAll(named);
        built.keySet().retainAll(named);
        return before.entrySet().stream()
                .filter(each -> built.get(each.getKey()) != each.getValue())
                .filter(each -> !types.contains(Plans.type(Objects.requireNonNull(defined.get(each.getKey())))))
                .map(Map.Entry::getValue)
                .toList();
    }

    private void call(ResourceId id, long call, Function<ResourceDriver, Event> work) {
        ResourceDriver driver = built.get(id);
        Thread thread = Thread.ofVirtual()
                .name(group.getMetadata().getName() + "-" + id + "-" + call)
                .unstarted(() -> {
                    Event event;
                    try {
                        event = driver == null
                                ? new Event.StepFailed(call, "there is no driver for " + id, now())
                                : work.apply(driver);
                    } catch (RuntimeException | LinkageError e) {
                        Journal.say("bug in the driver of " + id + ": " + e);
                        event = new Event.StepFailed(call, "the driver failed: " + e, now());
                    }
                    running.remove(call);
                    answer.accept(event);
                });
        running.put(call, thread);
        thread.start();
    }

    private Event ended(Outcome outcome, long call) {
        return switch (outcome) {
            case Outcome.Done _ -> new Event.StepDone(call, now());
            case Outcome.Failed(var reason) -> new Event.StepFailed(call, reason, now());
        };
    }

    private Event probed(Probe probe, long call) {
        return switch (probe) {
            case Probe.Running _ -> new Event.Probed(call, Event.ProbeResult.RUNNING, "", now());
            case Probe.Stopped _ -> new Event.Probed(call, Event.ProbeResult.STOPPED, "", now());
            case Probe.Failed(var reason) -> new Event.Probed(call, Event.ProbeResult.FAILED, reason, now());
            case Probe.Unknown(var reason) -> new Event.Probed(call, Event.ProbeResult.UNKNOWN, reason, now());
        };
    }

    private MonotonicTime now() {
        return clock.now();
    }

    private static void virtual(String name, Runnable work) {
        var _ = Thread.ofVirtual().name(name).start(() -> {
            try {
                work.run();
            } catch (RuntimeException | LinkageError e) {
                Journal.say(name + " failed: " + e);
            }
        });
    }
}
