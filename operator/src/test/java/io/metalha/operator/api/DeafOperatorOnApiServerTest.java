// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.operator.reconcile.SecondLook;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Every connection of the operator hears nothing any more and is open, as after a firewall forgot it. */
class DeafOperatorOnApiServerTest {
    private static final String NAMESPACE = "metalha-deaf";
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(3);

    @Test
    void missesAChangeWhileItsInformersSayThatTheyAreWellAndNoticesByLookingTwice() throws Exception {
        try (KubernetesClient api = RealApiServer.client(NAMESPACE);
                var proxy = new DeafeningProxy(api.getMasterUrl().getPort());
                KubernetesClient deaf = RealApiServer.client(NAMESPACE, proxy.port());
                KubernetesClient other = RealApiServer.client(NAMESPACE);
                var operator = startOn(api, deaf)) {
            await("both groups are accepted", () -> isAccepted(api, "iptv-db") && isAccepted(api, "iptv-web"));
            assertEquals(Optional.empty(), lookTwice(new SecondLook(operator.runtime(), other)));

            proxy.deafen();
            api.resources(ClusterGroup.class)
                    .inNamespace(NAMESPACE)
                    .withName("iptv-db")
                    .edit(group -> {
                        group.getMetadata().setAnnotations(Map.of("example.com/changed", "yes"));
                        return group;
                    });
            Optional<String> missed = lookTwice(new SecondLook(operator.runtime(), other));
            assertTrue(missed.orElse("nothing").contains("iptv-db"), missed::toString);
            assertTrue(operator.runtime().allEventSourcesAreHealthy(), "so health indicators are no help");
        }
    }

    private static Optional<String> lookTwice(SecondLook look) {
        assertEquals(Optional.empty(), look.missed(), "once may be late");
        LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        return look.missed();
    }

    private static TestOperator startOn(KubernetesClient api, KubernetesClient through) {
        RealApiServer.createNamespace(api, NAMESPACE);
        for (HasMetadata example : RealApiServer.load(api, RealApiServer.EXAMPLES)) {
            example.getMetadata().setNamespace(NAMESPACE);
            api.resource(example).create();
        }
        return new TestOperator(through, NAMESPACE);
    }

    private static boolean isAccepted(KubernetesClient api, String name) {
        ClusterGroup group = api.resources(ClusterGroup.class)
                .inNamespace(NAMESPACE)
                .withName(name)
                .get();
        return group.getStatus() != null && group.getStatus().observedGeneration() != null;
    }

    private static void await(String what, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - begin < BOUND.toNanos(), what);
            LockSupport.parkNanos(50_000_000L);
        }
    }
}
