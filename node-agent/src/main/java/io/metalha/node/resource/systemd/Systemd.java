// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.systemd;

import io.metalha.node.resource.ResourceDriver.Watch;
import java.io.IOException;
import java.time.Duration;

/** What is asked of systemd. An IOException says in a sentence that the manager was not reached or refused. */
public interface Systemd {
    UnitState state(String unit) throws IOException;

    /** As {@link UnitState#isActive}, for who asks each second: one question, where the whole state takes seven. */
    default boolean isActive(String unit) throws IOException {
        return state(unit).isActive();
    }

    /** Starts and returns when the job has ended: done, failed, timeout, dependency, skipped, canceled, or pending. */
    String start(String unit, Duration timeout) throws IOException, InterruptedException;

    /** Stops and returns when the job has ended; see {@link #start}. */
    String stop(String unit, Duration timeout) throws IOException, InterruptedException;

    /** Forgets a failure, so that it neither delays nor refuses the next start. */
    void resetFailed(String unit) throws IOException;

    /** Reads the unit files again. */
    void reload() throws IOException;

    /** Calls on each change of the unit's state, on a thread of the bus: hand over, do not work here. */
    Watch watch(String unit, Runnable changed) throws IOException;
}
