// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a group's units through systemd over D-Bus, in the group's slice, and only while the group is held here.
 */
@NullMarked
package io.metalha.node.resource.systemd;

import org.jspecify.annotations.NullMarked;
