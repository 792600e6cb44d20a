// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.local.LineClient;
import io.metalha.node.local.Message;
import io.metalha.node.resource.ResourceDriver.Outcome;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** A request on a local socket as a driver's outcome. */
final class Requests {
    private Requests() {}

    static Outcome outcome(LineClient client, Message request, Duration timeout) {
        try {
            Message answer = client.request(request, timeout).get();
            return answer.getBoolean("ok")
                    ? new Outcome.Done()
                    : new Outcome.Failed(answer.find("reason").orElse(request.verb() + " was refused"));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("interrupted during " + request.verb());
        } catch (ExecutionException e) {
            return new Outcome.Failed(request.verb() + ": " + e.getCause());
        }
    }
}
