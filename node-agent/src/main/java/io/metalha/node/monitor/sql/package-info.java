// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Checks a MySQL or MariaDB server by a real transaction.
 */
@NullMarked
package io.metalha.node.monitor.sql;

import org.jspecify.annotations.NullMarked;
