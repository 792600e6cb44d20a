// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.metalha.e2e.kube.Failover;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a part of the story measured.
 *
 * @param outageMillis last good answer before to first good answer after, as the client saw it
 * @param boundMillis what MetalHA had promised before the fault
 * @param phases what took how long, as MetalHA reports it
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record Measured(@Nullable Long outageMillis, @Nullable Long boundMillis, Map<String, Long> phases) {
    static final Measured NOTHING = new Measured(null, null, Map.of());

    static Measured outage(long millis) {
        return new Measured(millis, null, Map.of());
    }

    static Measured of(long outageMillis, Failover failover) {
        Long bound = failover.boundMillis().isPresent() ? failover.boundMillis().getAsLong() : null;
        return new Measured(outageMillis, bound, failover.phases());
    }

    /** The worse of two parts of one step: the longer outage with its own bound and phases. */
    Measured worse(Measured other) {
        if (other.outageMillis == null) {
            return this;
        }
        return outageMillis == null || other.outageMillis > outageMillis ? other : this;
    }

    String inWords() {
        if (outageMillis == null) {
            return "";
        }
        var words = new StringBuilder("outage %d ms".formatted(outageMillis));
        if (boundMillis != null) {
            words.append(" of at most %d ms (bound/measured %.1f)"
                    .formatted(boundMillis, boundMillis / (double) Math.max(1, outageMillis)));
        }
        if (!phases.isEmpty()) {
            words.append(' ').append(new LinkedHashMap<>(phases));
        }
        return words.toString();
    }
}
