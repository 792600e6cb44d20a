// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource;

import java.util.Map;
import java.util.Optional;

/** The Secrets of the cluster's namespace that drivers and monitors name, as the agent last saw them; any thread. */
@FunctionalInterface
public interface SecretSource {
    /** The decoded keys of a Secret, empty when this server has not seen it. */
    Optional<Map<String, String>> read(String name);
}
