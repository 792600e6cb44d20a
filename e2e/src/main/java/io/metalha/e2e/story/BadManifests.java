// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import io.metalha.e2e.kube.Group;
import io.metalha.e2e.lab.Commands.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Manifests with one fault each, and what a person must be told. */
final class BadManifests {
    private static final Duration REPORTED = Duration.ofSeconds(30);
    private static final String ADDRESS = "  - {name: vip, floatingIP: {address: %s}}\n";

    private BadManifests() {}

    /**
     * One of them.
     *
     * @param group the name of its ClusterGroup
     * @param refused whether the API server itself must refuse it; else the operator reports it as Stalled
     * @param says a word of the sentence
     */
    record Bad(String name, String group, boolean refused, String says, String yaml) {

        /** @return what was wrong with the answer */
        Optional<String> tryOn(Scene scene) {
            Path file = write(yaml);
            try {
                Result applied = scene.api().kubectl("apply", "-f", file.toString());
                return refused ? judgeRefusal(scene, applied) : judgeReport(scene, applied);
            } finally {
                scene.api().kubectl("delete", "-f", file.toString(), "--ignore-not-found", "--wait=false");
                delete(file);
            }
        }

        private Optional<String> judgeRefusal(Scene scene, Result applied) {
            if (applied.ok()) {
                return Optional.of("was accepted");
            }
            return contains(applied.output(), says)
                    ? Optional.empty()
                    : Optional.of("was refused without '%s': %s"
                            .formatted(says, applied.output().strip()));
        }

        private Optional<String> judgeReport(Scene scene, Result applied) {
            if (!applied.ok()) {
                // Refused at the door is better still, provided that the sentence is there.
                return judgeRefusal(scene, applied);
            }
            try {
                Await.until(REPORTED, "the report of the fault", () -> {
                    Group seen = scene.api().group(group);
                    return seen.condition("Stalled")
                                    .filter(c -> c.status().equals("True"))
                                    .filter(c -> contains(c.message(), says))
                                    .isPresent()
                            ? Optional.empty()
                            : Optional.of(seen.condition("Stalled").toString());
                });
                return Optional.empty();
            } catch (Await.TimeoutException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }
    }

    static List<Bad> all() {
        String two = "  - {name: both, floatingIP: {address: 198.18.10.60/24}, systemd: {unit: cron.service}}\n";
        String nodes = IntStream.rangeClosed(1, 33).mapToObj(i -> "node" + i).collect(Collectors.joining(", "));
        String cycle = "  - {name: a, systemd: {unit: a.service}, dependsOn: [b]}\n"
                + "  - {name: b, systemd: {unit: b.service}, dependsOn: [a]}\n";
        String longName = "n".repeat(64);
        String disk = "  - {name: data, mirrorDisk: {backing: /dev/disk/metalha/db}}\n";
        return List.of(
                new Bad("two types in one resource", "bad-two", true, "exactly one", group("bad-two", two)),
                new Bad(
                        "an unknown node",
                        "bad-node",
                        false,
                        "server9",
                        group("bad-node", "server9", ADDRESS.formatted("198.18.10.61/24"), "")),
                new Bad(
                        "a negative duration",
                        "bad-duration",
                        true,
                        "failback.delay",
                        group(
                                "bad-duration",
                                "server1",
                                ADDRESS.formatted("198.18.10.62/24"),
                                "  failback: {mode: Automatic, delay: -5s}\n")),
                new Bad(
                        "an address of another group",
                        "bad-address",
                        false,
                        "198.18.10.50",
                        group("bad-address", ADDRESS.formatted("198.18.10.50/24"))),
                new Bad("a disk of another group", "bad-disk", false, "/dev/disk/metalha/db", group("bad-disk", disk)),
                new Bad("a dependency cycle", "bad-cycle", false, "a", group("bad-cycle", cycle)),
                new Bad(
                        "an over-long name",
                        longName,
                        true,
                        "63",
                        group(longName, ADDRESS.formatted("198.18.10.63/24"))),
                new Bad(
                        "33 nodes",
                        "bad-nodes",
                        true,
                        "32",
                        group("bad-nodes", nodes, ADDRESS.formatted("198.18.10.64/24"), "")));
    }

    private static boolean contains(String text, String part) {
        return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }

    private static String group(String name, String resources) {
        return group(name, "server1, server2", resources, "");
    }

    private static String group(String name, String nodes, String resources, String more) {
        return """
        apiVersion: metalha.io/v1alpha1
        kind: ClusterGroup
        metadata: {name: %s}
        spec:
          cluster: iptv
          deletionPolicy: Stop
          placement: {strategy: Priority, nodes: [%s]}
        %s  resources:
        %s""".formatted(name, nodes, more, resources);
    }

    private static Path write(String yaml) {
        try {
            Path file = Files.createTempFile("metalha-bad", ".yaml");
            Files.writeString(file, yaml);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
