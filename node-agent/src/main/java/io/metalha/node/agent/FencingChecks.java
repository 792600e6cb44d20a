// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.Fencing;
import io.metalha.api.v1alpha1.FencingReport.DeviceCheck;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.fencing.device.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks the fence devices of the other servers for the power status: at a change, and on schedule. One thread. */
final class FencingChecks {
    /** What is not reachable is asked again so soon, that its repair is seen. */
    private static final Duration FAILED_AGAIN = Duration.ofMinutes(1);

    private final AgentContext context;
    private final Map<String, Checked> checked = new TreeMap<>();

    /** @param due null while an answer is awaited */
    private record Checked(
            Fencing.Device device,
            @Nullable MonotonicTime due,
            @Nullable DeviceCheck last) {}

    FencingChecks(AgentContext context) {
        this.context = context;
    }

    /** @param devices of the other servers */
    void turn(List<Fencing.Device> devices, MonotonicTime now) {
        Map<String, Fencing.Device> wanted =
                devices.stream().collect(Collectors.toMap(Fencing.Device::name, each -> each));
        checked.values().removeIf(known -> !known.device()
                .equals(wanted.get(known.device().name())));
        for (Fencing.Device device : devices) {
            Checked known = checked.computeIfAbsent(device.name(), _ -> new Checked(device, MonotonicTime.ZERO, null));
            if (known.due() != null && now.isAtOrAfter(known.due())) {
                checked.put(device.name(), new Checked(device, null, known.last()));
                ask(context, device);
            }
        }
    }

    static void ask(AgentContext context, Fencing.Device device) {
        var _ = Thread.ofVirtual().name("fence-status").start(() -> {
            Answer answer;
            try {
                answer = context.drivers().fence(device, false);
            } catch (RuntimeException e) {
                answer = new Answer.Failed("bug: " + e.getClass().getSimpleName());
            }
            context.inbox().put(new Fact.FenceAsked(device.name(), answer));
        });
    }

    void secretShown(String secret) {
        checked.replaceAll((_, known) -> secret.equals(known.device().secret()) && known.due() != null
                ? new Checked(known.device(), MonotonicTime.ZERO, known.last())
                : known);
    }

    void asked(String name, Answer answer) {
        Checked known = checked.get(name);
        if (known == null) {
            return;
        }
        DeviceCheck check = check(known.device(), answer, MonotonicWall.text(context.wallNow()));
        if (known.last() == null || !Objects.equals(known.last().message(), check.message())) {
            Journal.say("fence device " + name + " of " + known.device().node() + ": "
                    + (check.reachable() ? "tells power " + check.power() : "not reachable: " + check.message()));
        }
        Duration again = check.reachable() ? every() : FAILED_AGAIN;
        checked.put(name, new Checked(known.device(), context.now().plus(again), check));
    }

    private Duration every() {
        return context.view()
                .cluster()
                .map(MetalCluster::getSpec)
                .flatMap(spec -> Optional.ofNullable(spec.fencing()))
                .map(Fencing::checkEvery)
                .orElse(FAILED_AGAIN);
    }

    private static DeviceCheck check(Fencing.Device device, Answer answer, String at) {
        return switch (answer) {
            case Answer.On _ -> new DeviceCheck(device.name(), device.node(), true, "On", null, at);
            case Answer.Off _ -> new DeviceCheck(device.name(), device.node(), true, "Off", null, at);
            case Answer.Done _ ->
                new DeviceCheck(device.name(), device.node(), false, null, "it does not tell the power status", at);
            case Answer.Failed(var reason) -> new DeviceCheck(device.name(), device.node(), false, null, reason, at);
        };
    }

    List<DeviceCheck> report() {
        return checked.values().stream()
                .map(Checked::last)
                .filter(Objects::nonNull)
                .toList();
    }
}
