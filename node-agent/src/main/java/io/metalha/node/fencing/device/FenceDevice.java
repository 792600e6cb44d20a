// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A fence device with what its fence agent must be given.
 *
 * @param agent      the program, such as {@code fence_ipmilan}
 * @param parameters by the names that the agent's metadata gives
 * @param secrets    the same, from a Secret; where both have a name, this counts
 * @param timeout    for one action, to its end
 */
public record FenceDevice(
        String name, String agent, Map<String, String> parameters, Map<String, String> secrets, Duration timeout) {
    private static final Pattern AGENT = Pattern.compile("fence_[A-Za-z0-9_]{1,60}");
    private static final Pattern PARAMETER = Pattern.compile("[A-Za-z0-9_-]{1,63}");

    public FenceDevice {
        parameters = Map.copyOf(parameters);
        secrets = Map.copyOf(secrets);
        if (!AGENT.matcher(agent).matches()) {
            throw new IllegalArgumentException("a fence agent is called fence_…, not " + agent);
        }
        parameters.forEach(FenceDevice::check);
        secrets.forEach(FenceDevice::check);
    }

    /** A line end within a value would be a parameter of its own; the agents know no way to write one. */
    private static void check(String name, String value) {
        if (!PARAMETER.matcher(name).matches()) {
            throw new IllegalArgumentException("not a fence agent's parameter name: " + name);
        }
        if (value.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
            throw new IllegalArgumentException("the value of " + name
                    + " has a line end, which no fence agent can be given: make the Secret again without one, such as with"
                    + " printf instead of echo");
        }
    }

    /** All parameters, secret ones included. */
    Map<String, String> all() {
        Map<String, String> all = new TreeMap<>(parameters);
        all.putAll(secrets);
        return all;
    }

    /** Keeps secrets out of logs and messages. */
    @Override
    public String toString() {
        return name + " (" + agent + ")";
    }
}
