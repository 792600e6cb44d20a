// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import jakarta.enterprise.inject.Produces;
import java.time.InstantSource;

/** What reconcilers take from the outside and tests replace. */
final class Wiring {
    @Produces
    InstantSource wallClock() {
        return InstantSource.system();
    }
}
