// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.metalha.api.v1alpha1.schema.ApiObject;
import io.metalha.api.v1alpha1.schema.Span;
import java.time.Duration;

/** One more vote, in a Lease of the API server: two servers need no third machine. */
@ApiObject
public record LeaseWitnessSpec(
        @JsonPropertyDescription(
                "How long this vote lasts once given. Only where the server that ran a group needed it does a takeover wait for"
                        + " it, and only then it is written, three times in this long.")
        @Span(min = "10s", max = "5m", fallback = "10s")
        Duration grant) {
    public static final Duration DEFAULT_GRANT = Duration.ofSeconds(10);

    /** Its name among the voters. No machine may have it. */
    public static final String VOTER = "kubernetes-lease";

    public LeaseWitnessSpec {
        grant = grant == null ? DEFAULT_GRANT : grant;
    }

    /** Never shorter than the lease that keepers grant. */
    public Duration grant(Duration lease) {
        return grant.compareTo(lease) < 0 ? lease : grant;
    }

    /** A voter's number is never used again, so neither is what its object says. */
    public static String objectName(String cluster, int number) {
        return cluster + "-voter-" + number;
    }
}
