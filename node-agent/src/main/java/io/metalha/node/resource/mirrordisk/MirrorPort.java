// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.mirrordisk;

import io.metalha.node.core.Epoch;
import io.metalha.node.resource.ResourceDriver.Outcome;
import io.metalha.node.resource.ResourceDriver.Probe;
import java.time.Duration;

/** The mirror process as a driver needs it; the agent, which has the connection, implements it over mirror.sock. */
public interface MirrorPort {
    /** Become Primary under this lease and attach the block device; Done for what is Primary under it. */
    Outcome promote(String mirror, Epoch epoch, Duration timeout);

    /** @param hard waiting requests fail with EIO, then the device goes; else flush, and refuse while it is in use */
    Outcome demote(String mirror, boolean hard, Duration timeout);

    /** Running: Primary here, device attached. Stopped: Secondary. Unknown while the mirror process is not reached. */
    Probe state(String mirror);
}
