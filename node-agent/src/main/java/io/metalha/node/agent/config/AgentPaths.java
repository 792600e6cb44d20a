// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

import java.nio.file.Path;

/**
 * Where the agent's files are on this host.
 *
 * @param state  the agent's own, survives reboots
 * @param keeper the keeper's configuration
 * @param run    sockets, lease page, held markers; gone with a reboot
 */
public record AgentPaths(Path state, Path keeper, Path run) {
    public static AgentPaths standard() {
        return new AgentPaths(
                Path.of("/var/lib/metalha/agent"), Path.of("/var/lib/metalha/keeper"), Path.of("/run/metalha"));
    }

    public Path config() {
        return state.resolve("config.json");
    }

    public Path history() {
        return state.resolve("history.json");
    }

    public Path keeperConf() {
        return keeper.resolve("keeper.conf");
    }

    public Path clusterKey() {
        return keeper.resolve("cluster.key");
    }

    public Path keeperSocket() {
        return run.resolve("keeper.sock");
    }

    public Path mirrorSocket() {
        return run.resolve("mirror.sock");
    }

    public Path agentSocket() {
        return run.resolve("agent.sock");
    }

    public Path leases() {
        return run.resolve("leases");
    }

    public Path held(String group) {
        return run.resolve("held").resolve(group);
    }
}
