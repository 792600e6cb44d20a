// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.MonotonicClock;

/**
 * What of a keeper outlives a change of its configuration.
 *
 * @param realTime     "yes" or why not
 * @param memoryLocked "yes" or why not
 */
record Host(
        KeeperPaths paths,
        MonotonicClock clock,
        KeeperLog log,
        Inbox inbox,
        AgentPort port,
        StopListRunner runner,
        HeldAddresses addresses,
        KeeperGroups groups,
        String realTime,
        String memoryLocked) {}
