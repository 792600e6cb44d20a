// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor;

import io.metalha.node.resource.ResourceDriver;
import io.metalha.node.resource.ResourceDriver.Probe;
import io.metalha.node.resource.ResourceDriver.Watch;
import java.time.Duration;

/** One check of a running group; called on a virtual thread, never twice at once for one monitor. */
public interface Monitor {
    /** Running when all is well; Failed or Unknown with a sentence otherwise. A check past its timeout counts as Failed. */
    Probe check(Duration timeout);

    /** As {@link ResourceDriver#watch}: calls whenever a check may find something new. */
    default Watch watch(Runnable changed) {
        return () -> {};
    }

    /** Cheap, early work: load the driver, resolve classes. */
    default void warmUp() {}
}
