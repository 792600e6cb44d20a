// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.Fencing;
import io.metalha.api.v1alpha1.Monitor;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.node.core.Epoch;
import io.metalha.node.fencing.device.Answer;
import io.metalha.node.resource.ResourceDriver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Resources in memory; what was done to them is kept in order. */
final class FakeDrivers implements Drivers {
    final List<String> log = new CopyOnWriteArrayList<>();
    final Set<String> warmed = ConcurrentHashMap.newKeySet();
    final Set<String> forgotten = ConcurrentHashMap.newKeySet();
    final Map<String, String> warnings = new ConcurrentHashMap<>();
    final Map<String, Answer> fenceAnswers = new ConcurrentHashMap<>();
    final Set<String> running = ConcurrentHashMap.newKeySet();

    @Override
    public ResourceDriver driver(ClusterGroup group, Resource resource) {
        String name = resource.name();
        return new ResourceDriver() {
            @Override
            public void warmUp() {
                warmed.add(name);
            }

            @Override
            public Outcome start(Epoch epoch, Duration timeout) {
                log.add("start " + name);
                running.add(name);
                return new Outcome.Done();
            }

            @Override
            public Outcome stop(Epoch epoch, boolean hard, Duration timeout) {
                if (running.remove(name)) {
                    log.add((hard ? "kill " : "stop ") + name);
                }
                return new Outcome.Done();
            }

            @Override
            public void forget() {
                forgotten.add(name);
            }

            @Override
            public Optional<String> warning() {
                return Optional.ofNullable(warnings.get(name));
            }

            @Override
            public Probe probe(Duration timeout) {
                return running.contains(name) ? new Probe.Running() : new Probe.Stopped();
            }
        };
    }

    @Override
    public io.metalha.node.monitor.Monitor monitor(ClusterGroup group, Monitor monitor) {
        return _ -> running.contains("app")
                ? new ResourceDriver.Probe.Running()
                : new ResourceDriver.Probe.Failed("it is dead");
    }

    @Override
    public Answer fence(Fencing.Device device, boolean powerOff) {
        log.add((powerOff ? "power off by " : "ask ") + device.name());
        return fenceAnswers.getOrDefault((powerOff ? "off " : "status ") + device.name(), new Answer.On());
    }

    @Override
    public StopList stopList(ClusterGroup group) {
        return new StopList(List.of("metalha.slice/x"), List.of("198.18.10.50@lo"));
    }
}
