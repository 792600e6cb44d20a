// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.core.MonotonicTime;

/**
 * What is known of one resource.
 *
 * @param since     when it came to be so
 * @param call      the call under way, 0 for none
 * @param lastError the last failure's sentence, empty for none
 */
public record ResourceState(Is is, MonotonicTime since, long call, String lastError) {
    public enum Is {
        UNKNOWN,
        STOPPED,
        STARTING,
        RUNNING,
        STOPPING,
        FAILED
    }

    static ResourceState unknown() {
        return new ResourceState(Is.UNKNOWN, MonotonicTime.ZERO, 0, "");
    }

    ResourceState calling(Is is, long call, MonotonicTime now) {
        return new ResourceState(is, now, call, lastError);
    }

    ResourceState now(Is is, MonotonicTime now) {
        return new ResourceState(is, is == this.is ? since : now, 0, lastError);
    }

    ResourceState failed(String reason, MonotonicTime now) {
        return new ResourceState(Is.FAILED, now, 0, reason);
    }

    boolean isBusy() {
        return call != 0;
    }
}
