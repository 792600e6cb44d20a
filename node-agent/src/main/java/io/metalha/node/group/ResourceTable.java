// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.group.ResourceState.Is;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known of each resource of the group, and which of them may be started or stopped next. */
final class ResourceTable {
    /** A stop that did not work is tried again after this. */
    private static final Duration STOP_AGAIN = Duration.ofMillis(300);

    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

    private GroupPlan plan;
    private final Map<ResourceId, ResourceState> states = new LinkedHashMap<>();
    private final Map<ResourceId, Integer> failedStarts = new HashMap<>();
    private final Map<ResourceId, Integer> failedStops = new HashMap<>();
    private final Map<ResourceId, Duration> lastStarts = new LinkedHashMap<>();
    private long calls;

    ResourceTable(GroupPlan plan) {
        this.plan = plan;
        plan.resources().forEach(resource -> states.put(resource.id(), ResourceState.unknown()));
    }

    /** Takes a new plan; resources that are new to it are stopped, for nothing may have started them. */
    void redefine(GroupPlan next, MonotonicTime now) {
        Map<ResourceId, ResourceState> kept = new LinkedHashMap<>();
        for (ResourcePlan resource : next.resources()) {
            kept.put(resource.id(), states.getOrDefault(resource.id(), new ResourceState(Is.STOPPED, now, 0, "")));
        }
        states.clear();
        states.putAll(kept);
        lastStarts.keySet().retainAll(kept.keySet());
        plan = next;
    }

    Map<ResourceId, ResourceState> states() {
        return Map.copyOf(states);
    }

    ResourceState state(ResourceId id) {
        return states.getOrDefault(id, ResourceState.unknown());
    }

    Map<ResourceId, Duration> lastStarts() {
        return new LinkedHashMap<>(lastStarts);
    }

    int failedStarts(ResourceId id) {
        return failedStarts.getOrDefault(id, 0);
    }

    void forgetFailures() {
        failedStarts.clear();
        failedStops.clear();
    }

    boolean all(Collection<ResourceId> ids, Is is) {
        return ids.stream().allMatch(id -> state(id).is() == is);
    }

    boolean all(Is is) {
        return all(states.keySet(), is);
    }

    boolean anyBusy() {
        return states.values().stream().anyMatch(ResourceState::isBusy);
    }

    List<ResourceId> not(Is is) {
        return states.entrySet().stream()
                .filter(entry -> entry.getValue().is() != is)
                .map(Map.Entry::getKey)
                .toList();
    }

    void probeAll(MonotonicTime now, List<Effect> out) {
        for (ResourceId id : List.copyOf(states.keySet())) {
            if (!state(id).isBusy()) {
                long call = ++calls;
                states.put(id, state(id).calling(Is.UNKNOWN, call, now));
                out.add(new Effect.Probe(id, PROBE_TIMEOUT, call));
            }
        }
    }

    /** Starts whatever is not running and has what it depends on. */
    void startReady(Epoch epoch, MonotonicTime now, List<Effect> out) {
        for (ResourcePlan resource : plan.resources()) {
            ResourceState state = state(resource.id());
            boolean wanted = state.is() != Is.RUNNING && !state.isBusy();
            if (wanted && all(resource.dependsOn(), Is.RUNNING)) {
                long call = ++calls;
                states.put(resource.id(), state.calling(Is.STARTING, call, now));
                out.add(new Effect.Start(resource.id(), epoch, resource.startTimeout(), call));
            }
        }
    }

    /** Stops, in reverse order, those of {@code which} that nothing running depends on. */
    void stopReady(Set<ResourceId> which, Epoch epoch, Duration atMost, MonotonicTime now, List<Effect> out) {
        for (ResourcePlan resource : plan.resources().reversed()) {
            ResourceId id = resource.id();
            if (which.contains(id) && dueToStop(id, now) && dependentsStopped(id)) {
                Duration timeout = resource.stopTimeout().compareTo(atMost) < 0 ? resource.stopTimeout() : atMost;
                stop(resource, epoch, escalates(resource), timeout, now, out);
            }
        }
    }

    /**
     * Ends everything, the lease being gone (safety rule 17). All at once, except that a file system comes off after the
     * processes and file systems above it: these may be waiting in the disk, which fails what waits as soon as it is told.
     */
    void endReady(Epoch epoch, MonotonicTime now, List<Effect> out) {
        for (ResourcePlan resource : plan.resources().reversed()) {
            ResourceId id = resource.id();
            if (!dueToStop(id, now)) {
                continue;
            }
            switch (resource.stopClass()) {
                // Nothing of a name is on this host, and the next owner changes it.
                case NAME -> states.put(id, state(id).now(Is.STOPPED, now));
                case ADDRESS, PROCESS, DISK -> stop(resource, epoch, true, resource.stopTimeout(), now, out);
                case MOUNT -> {
                    if (usersGone(id)) {
                        stop(resource, epoch, true, resource.stopTimeout(), now, out);
                    }
                }
            }
        }
    }

    void interruptAll(List<Effect> out) {
        states.values().stream()
                .filter(ResourceState::isBusy)
                .forEach(state -> out.add(new Effect.Interrupt(state.call())));
    }

    /** Interrupts starts that are under way, whose outcome is not wanted any more. */
    void interruptStarts(List<Effect> out) {
        states.values().stream()
                .filter(state -> state.isBusy() && state.is() == Is.STARTING)
                .forEach(state -> out.add(new Effect.Interrupt(state.call())));
    }

    /** Takes the good end of a call; empty when it is of no known call. */
    Optional<ResourceId> done(long call, MonotonicTime now) {
        Optional<ResourceId> id = byCall(call);
        id.ifPresent(found -> {
            ResourceState state = state(found);
            if (state.is() == Is.STARTING) {
                lastStarts.put(found, now.since(state.since()));
                failedStarts.remove(found);
                states.put(found, new ResourceState(Is.RUNNING, now, 0, state.lastError()));
            } else {
                failedStops.remove(found);
                states.put(found, state.now(Is.STOPPED, now));
            }
        });
        return id;
    }

    /** Takes the bad end of a call; says whether it was a start. */
    Optional<Failure> failed(long call, String reason, MonotonicTime now) {
        return byCall(call).map(id -> {
            boolean start = state(id).is() == Is.STARTING;
            (start ? failedStarts : failedStops).merge(id, 1, Integer::sum);
            boolean news = !reason.equals(state(id).lastError());
            states.put(id, state(id).failed(reason, now));
            return new Failure(id, start, news);
        });
    }

    /** @param news the reason is another than the last time */
    record Failure(ResourceId resource, boolean start, boolean news) {}

    void probed(long call, Event.ProbeResult result, String reason, MonotonicTime now) {
        byCall(call)
                .ifPresent(id -> states.put(
                        id,
                        switch (result) {
                            case RUNNING -> state(id).now(Is.RUNNING, now);
                            case STOPPED -> state(id).now(Is.STOPPED, now);
                            case FAILED, UNKNOWN -> state(id).failed(reason, now);
                        }));
    }

    void mark(ResourceId id, String reason, MonotonicTime now) {
        if (!state(id).isBusy()) {
            states.put(id, state(id).failed(reason, now));
        }
    }

    private void stop(
            ResourcePlan resource, Epoch epoch, boolean hard, Duration timeout, MonotonicTime now, List<Effect> out) {
        long call = ++calls;
        states.put(resource.id(), state(resource.id()).calling(Is.STOPPING, call, now));
        out.add(new Effect.Stop(resource.id(), epoch, hard, timeout, call));
    }

    private boolean dueToStop(ResourceId id, MonotonicTime now) {
        ResourceState state = state(id);
        if (state.is() == Is.STOPPED || state.isBusy()) {
            return false;
        }
        return failedStops.getOrDefault(id, 0) == 0
                || now.isAtOrAfter(state.since().plus(STOP_AGAIN));
    }

    /**
     * Processes that did not stop when asked are killed. A mount and a disk get more tries; they are torn away in the end,
     * for a group that can neither stop nor move is down for ever (what was flushed is on the disk all the same).
     */
    private boolean escalates(ResourcePlan resource) {
        int failed = failedStops.getOrDefault(resource.id(), 0);
        return switch (resource.stopClass()) {
            case PROCESS, ADDRESS -> failed >= 1;
            case MOUNT -> failed >= 3;
            case DISK -> failed >= 8;
            case NAME -> false;
        };
    }

    private boolean dependentsStopped(ResourceId id) {
        return plan.withDependents(id).stream()
                .allMatch(other -> other.equals(id) || state(other).is() == Is.STOPPED);
    }

    private boolean usersGone(ResourceId id) {
        return plan.withDependents(id).stream()
                .filter(other -> !other.equals(id))
                .filter(other -> switch (plan.resource(other).stopClass()) {
                    case PROCESS, MOUNT -> true;
                    case ADDRESS, NAME, DISK -> false;
                })
                .allMatch(other -> state(other).is() == Is.STOPPED);
    }

    private Optional<ResourceId> byCall(long call) {
        return states.entrySet().stream()
                .filter(entry -> entry.getValue().call() == call && call != 0)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** What of the running plan another plan does not have, or has otherwise, and what hangs on it. */
    Set<ResourceId> touchedBy(GroupPlan next) {
        List<ResourceId> touched = new ArrayList<>();
        for (ResourcePlan resource : plan.resources()) {
            boolean same = next.resources().stream()
                    .anyMatch(other -> other.id().equals(resource.id())
                            && other.fingerprint().equals(resource.fingerprint()));
            if (!same) {
                touched.addAll(plan.withDependents(resource.id()));
            }
        }
        return Set.copyOf(touched);
    }
}
