// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import java.nio.file.Path;

/** Where the keeper's files are; docs/interfaces.md has the table. */
record KeeperPaths(Path state, Path run) {
    static final KeeperPaths INSTALLED = new KeeperPaths(Path.of("/var/lib/metalha/keeper"), Path.of("/run/metalha"));

    Path config() {
        return state.resolve("keeper.conf");
    }

    Path records() {
        return state.resolve("records");
    }

    Path leasePage() {
        return run.resolve("leases");
    }

    Path socket() {
        return run.resolve("keeper.sock");
    }

    Path held(String group) {
        return run.resolve("held").resolve(group);
    }

    /** In /run: a reset disarms the watchdog. */
    Path watchdogArmed() {
        return run.resolve("watchdog-armed");
    }

    /** In /run: a stop list means nothing after a reboot. */
    Path stopLists() {
        return run.resolve("stoplists");
    }
}
