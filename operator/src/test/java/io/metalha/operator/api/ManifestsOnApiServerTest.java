// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real API server takes the CRDs and the examples, and refuses bad manifests with a sentence that helps. */
class ManifestsOnApiServerTest {
    private static final String EXPECTED = "# expect: ";
    private static KubernetesClient client;

    @BeforeAll
    static void start() {
        client = RealApiServer.client("metalha");
        RealApiServer.createNamespace(client, "metalha");
    }

    @AfterAll
    static void stop() {
        if (client != null) {
            client.close();
        }
    }

    @Test
    void takesTheExamples() {
        List<HasMetadata> examples = RealApiServer.load(client, RealApiServer.EXAMPLES);
        assertEquals(3, examples.size());
        for (HasMetadata example : examples) {
            client.resource(example).dryRun(true).create();
        }
    }

    @Test
    void takesTheExamplesOfOperations() {
        for (HasMetadata example : RealApiServer.load(client, Path.of("../examples/operations"))) {
            client.resource(example).dryRun(true).create();
        }
    }

    @Test
    void takesTheFencingExample() {
        List<HasMetadata> examples = RealApiServer.load(client, Path.of("../examples/fencing"));
        assertEquals(2, examples.size());
        for (HasMetadata example : examples) {
            client.resource(example).dryRun(true).create();
        }
    }

    static List<Path> badManifests() throws IOException {
        try (var files = Files.list(Path.of("src/test/resources/bad"))) {
            return files.sorted().toList();
        }
    }

    /** Each file's first line is the sentence to expect. */
    @ParameterizedTest
    @MethodSource("badManifests")
    void refusesWithASentence(Path file) {
        String yaml = RealApiServer.read(file);
        String expected = yaml.lines().findFirst().orElseThrow();
        assertTrue(expected.startsWith(EXPECTED), "the first line of " + file + " must say what to expect");
        HasMetadata bad = RealApiServer.load(client, yaml).getFirst();
        var refusal = assertThrows(
                KubernetesClientException.class,
                () -> client.resource(bad).dryRun(true).create());
        assertTrue(
                refusal.getMessage().contains(expected.substring(EXPECTED.length())),
                () -> file.getFileName() + " was refused with: " + refusal.getMessage());
    }
}
