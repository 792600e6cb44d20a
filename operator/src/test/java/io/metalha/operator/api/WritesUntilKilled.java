// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.api;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets so many writes through and none after: what an operator that is killed there leaves behind. */
final class WritesUntilKilled implements Interceptor {
    private final AtomicInteger left;
    private volatile boolean killed;

    WritesUntilKilled(int writes) {
        left = new AtomicInteger(writes);
    }

    boolean killed() {
        return killed;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (!request.method().equals("GET") && left.getAndDecrement() <= 0) {
            killed = true;
            throw new KubernetesClientException("the operator is dead");
        }
    }
}
