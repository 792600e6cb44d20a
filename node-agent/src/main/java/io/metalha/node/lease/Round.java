// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import org.jspecify.annotations.Nullable;

/** One request to all voters, sent again until enough have answered: who said what, and who declined. */
final class Round<A> {
    private final @Nullable Object[] answers;
    private final boolean[] declined;
    private final long started;
    private final long resendNanos;
    private final long deadline;
    private long nextResend;
    private int sent;

    Round(int voters, long started, long resendNanos, long roundNanos) {
        this.answers = new @Nullable Object[voters];
        this.declined = new boolean[voters];
        this.started = started;
        this.resendNanos = resendNanos;
        this.deadline = started + roundNanos;
        this.nextResend = started + resendNanos;
    }

    long started() {
        return started;
    }

    long deadline() {
        return deadline;
    }

    long nextDeadlineNanos() {
        return Math.min(nextResend, deadline);
    }

    boolean resendDue(long now) {
        if (now < nextResend) {
            return false;
        }
        nextResend = now + resendNanos;
        sent++;
        return true;
    }

    /** How often the request was sent again. */
    int sent() {
        return sent;
    }

    void answer(int voter, A answer) {
        answers[voter] = answer;
        declined[voter] = false;
    }

    void decline(int voter) {
        if (answers[voter] == null) {
            declined[voter] = true;
        }
    }

    void forget(int voter) {
        answers[voter] = null;
        declined[voter] = false;
    }

    @SuppressWarnings("unchecked")
    @Nullable
    A answerOf(int voter) {
        return (A) answers[voter];
    }

    int answers() {
        int count = 0;
        for (Object each : answers) {
            count += each == null ? 0 : 1;
        }
        return count;
    }

    int declined() {
        int count = 0;
        for (boolean each : declined) {
            count += each ? 1 : 0;
        }
        return count;
    }
}
