// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

/**
 * One attempt of the client and how it ended.
 *
 * @param startNanos when it began, by {@link RawClock}
 * @param endNanos when the answer was there or was given up
 */
public record Answer(Service service, long startNanos, long endNanos, Outcome outcome) {

    /** What was asked: to insert a row, for the highest row that is there, for a page. */
    public enum Service {
        SQL,
        READ,
        HTTP
    }

    /** What came back. */
    public sealed interface Outcome {}

    /** The right answer; {@code by} is the host that gave it where the answer tells (SQL, READ), or the path (HTTP). */
    public record Good(long id, String by) implements Outcome {}

    /** No answer, or an honest refusal: counts as outage. */
    public record None(String reason) implements Outcome {}

    /** A complete answer that is wrong: never acceptable, not even in a failover. */
    public record Bad(String what) implements Outcome {}

    public boolean good() {
        return outcome instanceof Good;
    }
}
