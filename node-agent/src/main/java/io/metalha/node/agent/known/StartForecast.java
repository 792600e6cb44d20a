// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import io.metalha.node.group.GroupPlan;
import io.metalha.node.group.ResourcePlan;
import io.metalha.node.group.StartTimes;
import java.time.Duration;

/**
 * What a start of a group may take.
 *
 * @param elsewhere the longest bound that another node measured, zero for none
 * @param allowed   the sum of the start timeouts
 */
public record StartForecast(StartTimes here, Duration elsewhere, Duration allowed) {
    public static StartForecast of(StartTimes here, Others others, GroupPlan plan) {
        return new StartForecast(
                here,
                others.startMeasured(),
                plan.resources().stream().map(ResourcePlan::startTimeout).reduce(Duration.ZERO, Duration::plus));
    }

    public boolean measured() {
        return !here.last().isEmpty() || !elsewhere.isZero();
    }

    public Duration bound() {
        return StartTimes.startBound(here.startBound(), elsewhere, allowed);
    }
}
