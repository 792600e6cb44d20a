// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks a second time every ten seconds, and ends the operator when it is deaf: whoever runs it begins it anew, and a fresh one
 * completes what this one began. A single informer is not begun anew in its place, because its cache would be empty
 * meanwhile, and a reconciler would take that for objects that are gone.
 */
@ApplicationScoped
public class SecondLooks {
    private static final Logger LOG = Logger.getLogger(SecondLooks.class);
    private static final int EVERY_SECONDS = 10;

    private final Operator operator;
    private final SecondLook look;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("second-look").factory());

    public SecondLooks(Operator operator, KubernetesClient client) {
        this.operator = operator;
        this.look = new SecondLook(operator.getRuntimeInfo(), client);
    }

    void begin(@Observes StartupEvent event) {
        var _ = timer.scheduleWithFixedDelay(this::look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    void end(@Observes ShutdownEvent event) {
        timer.shutdownNow();
    }

    private void look() {
        try {
            if (operator.getRuntimeInfo().isStarted()) {
                look.missed().ifPresent(missed -> {
                    LOG.errorf(
                            "the API server has what is not shown here for ten seconds: %s; ends, to begin anew",
                            missed);
                    Quarkus.asyncExit(1);
                });
            }
        } catch (RuntimeException e) {
            LOG.warn("could not look a second time", e);
        }
    }
}
