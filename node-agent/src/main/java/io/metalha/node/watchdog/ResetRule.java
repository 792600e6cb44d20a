// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.watchdog;

/**
 * When a server deserves a reset. Everything that a group does ends by itself with its lease (safety rule 16); what then does
 * not go away keeps the server from ever running the group again, and only a reset mends that.
 *
 * <ul>
 *   <li>Nothing is held and nothing is being ended: the device is disarmed, so a server without work is never reset.
 *   <li>The keeper's loop has not turned within the loop limit: not fed. (Without: (1) the loop hangs in a bug; (2) its leases run out,
 *       nobody carries out its stop lists; (3) the server looks alive and is of no use until a person comes.)
 *   <li>A stop list is not carried out within the stop limit: not fed, for good. A process in an uninterruptible wait survives SIGKILL.
 * </ul>
 *
 * <p>Once it starves the device this object never feeds it again: a reset that was half waited out must come.
 */
public final class ResetRule {
    /** What to do with the device now. */
    public enum Act {
        DISARM,
        FEED,
        STARVE
    }

    private final long loopLimitNanos;
    private final long stopLimitNanos;
    private String reason = "";

    /**
     * @param loopLimitNanos how long the keeper's loop may stand still, at least a few of its turns
     * @param stopLimitNanos how long a stop list may take
     */
    public ResetRule(long loopLimitNanos, long stopLimitNanos) {
        this.loopLimitNanos = loopLimitNanos;
        this.stopLimitNanos = stopLimitNanos;
    }

    /**
     * @param busy whether a lease is held here or a stop list is being carried out
     * @param turnedNanos when the loop last turned
     * @param endingSinceNanos since when the oldest stop list is being carried out; 0 for none
     */
    public Act decide(long nowNanos, boolean busy, long turnedNanos, long endingSinceNanos) {
        if (!reason.isEmpty()) {
            return Act.STARVE;
        }
        if (!busy) {
            return Act.DISARM;
        }
        if (endingSinceNanos != 0 && nowNanos - endingSinceNanos > stopLimitNanos) {
            reason = "a group's processes have outlived its lease by more than " + stopLimitNanos / 1_000_000 + " ms";
            return Act.STARVE;
        }
        if (nowNanos - turnedNanos > loopLimitNanos) {
            reason = "the keeper's loop has stood still for more than " + loopLimitNanos / 1_000_000 + " ms";
            return Act.STARVE;
        }
        return Act.FEED;
    }

    /** Why the device is starved; empty while it is not. */
    public String reason() {
        return reason;
    }
}
