// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.schema.KubeDuration;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How times read in status. */
final class Times {
    private Times() {}

    /** RFC 3339 in whole seconds, as Kubernetes writes times. */
    static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** {@code 1.6s} below a minute, {@code 2m5s} from there. */
    static String seconds(long millis) {
        return millis < 60_000
                ? String.format(Locale.ROOT, "%.1fs", millis / 1000.0)
                : KubeDuration.format(Duration.ofSeconds(millis / 1000));
    }
}
