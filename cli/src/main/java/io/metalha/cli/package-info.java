// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** The kubectl plugin's commands: what the API server knows of groups and clusters, told to a person. */
@NullMarked
package io.metalha.cli;

import org.jspecify.annotations.NullMarked;
