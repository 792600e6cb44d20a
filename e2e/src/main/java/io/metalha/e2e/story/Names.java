// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import com.fasterxml.jackson.databind.JsonNode;
import io.metalha.e2e.kube.Group;
import io.metalha.e2e.lab.Topology;
import java.time.Duration;
import java.util.Optional;

/** Asks the lab's DNS server for the virtual host names, from the client's machine. */
final class Names {
    private static final Duration BOUND = Duration.ofSeconds(20);

    private Names() {}

    /** The group's name answers with its floating address. */
    static Measured answers(Scene scene, String group) {
        Topology topology = scene.lab().topology();
        Group seen = scene.read(group);
        String name = virtualHostName(seen) + "." + topology.get("DNS_ZONE");
        String address = seen.status().path("address").asText("");
        String server = "@" + topology.get("DNS_ADDRESS");
        Await.until(BOUND, "the DNS answer for " + name, () -> {
            String answer = scene.lab()
                    .exec("client", "dig", "+short", "+time=1", "+tries=1", server, name, "A")
                    .output()
                    .strip();
            return !answer.isEmpty() && address.contains(answer)
                    ? Optional.empty()
                    : Optional.of("'%s', the group's address is '%s'".formatted(answer, address));
        });
        return Measured.NOTHING;
    }

    private static String virtualHostName(Group group) {
        for (JsonNode resource : group.object().path("spec").path("resources")) {
            if (resource.has("virtualHostName")) {
                return resource.path("virtualHostName").path("name").asText();
            }
        }
        throw new IllegalArgumentException(group.name() + " has no virtual host name");
    }
}
