// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli.lint;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LintTest {
    private static final String EXPECTED = "# expect: ";
    private static final Path BAD = Path.of("../operator/src/test/resources/bad");

    private static final String CLUSTER = """
            apiVersion: metalha.io/v1alpha1
            kind: MetalCluster
            metadata: {name: iptv}
            spec:
              clusterKeySecret: key
              paths: [{name: public}]
              nodes:
              - {name: server1, addresses: {public: 198.18.10.11}}
              - {name: server2, addresses: {public: 198.18.10.12}}
            """;

    private static String group(String name, String resource) {
        return """
                ---
                apiVersion: metalha.io/v1alpha1
                kind: ClusterGroup
                metadata: {name: %s}
                spec:
                  cluster: iptv
                  placement: {nodes: [server1, server2]}
                  resources:
                  - %s
                """.formatted(name, resource);
    }

    static List<Path> badManifests() throws IOException {
        try (var files = Files.list(BAD)) {
            return files.sorted().toList();
        }
    }

    /** The same files and sentences as with a real API server (ManifestsOnApiServerTest). */
    @ParameterizedTest
    @MethodSource("badManifests")
    void refusesWhatTheApiServerRefusesInItsWords(Path file) throws IOException {
        String yaml = Files.readString(file);
        String expected = yaml.lines().findFirst().orElseThrow().substring(EXPECTED.length());
        List<String> errors = Lint.of(Map.of("bad.yaml", yaml)).errors();
        assertTrue(errors.stream().anyMatch(error -> error.contains(expected)), errors::toString);
    }

    @Test
    void findsNothingInTheExamplesAndShowsTheirArithmetic() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (String name : List.of("cluster.yaml", "database.yaml", "web.yaml")) {
            files.put(name, Files.readString(Path.of("../examples/iptv", name)));
        }
        Lint lint = Lint.of(files);
        assertEquals(List.of(), lint.errors());
        assertEquals(List.of(), lint.notes());
        assertTrue(lint.arithmetic().contains("two rounds of votes"), lint.arithmetic());
    }

    /** A rule that cannot be read here would refuse every manifest, or none. */
    @Test
    void readsEveryRuleOfTheCrds() throws IOException {
        for (String kind : List.of("ClusterGroup", "MetalCluster", "MetalNode", "ClusterOperation")) {
            JsonNode schema = Manifest.schema(kind).orElseThrow();
            for (JsonNode rules : schema.findValues("x-kubernetes-validations")) {
                for (JsonNode rule : rules) {
                    String text = rule.get("rule").asText();
                    assertDoesNotThrow(() -> Cel.parse(text), text);
                }
            }
        }
    }

    @Test
    void namesTheFieldThatDoesNotExist() throws IOException {
        List<String> errors = Lint.of(
                        Map.of("a.yaml", CLUSTER + group("web", "{name: vip, floatingIp: {address: 198.18.10.50/24}}")))
                .errors();
        assertTrue(
                errors.getFirst()
                        .startsWith("a.yaml: ClusterGroup web: spec.resources[0].floatingIp: there is no such field"),
                errors::toString);
    }

    @Test
    void tellsTheLaterOfTwoGroupsThatClaimOneAddressAcrossFiles() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("a.yaml", CLUSTER + group("web", "{name: vip, floatingIP: {address: 198.18.10.50/24}}"));
        files.put("b.yaml", group("db", "{name: ip, floatingIP: {address: 198.18.10.50/24}}"));
        List<String> errors = Lint.of(files).errors();
        assertEquals(
                List.of(
                        "b.yaml: ClusterGroup db: spec.resources: address 198.18.10.50 is used by group web already: choose"
                                + " another one here, or take it out of web"),
                errors);
    }

    @Test
    void comparesWithTheClusterOnlyWhereItIsAmongTheFiles() throws IOException {
        String yaml = group("web", "{name: vip, floatingIP: {address: 198.18.10.11/24}}");
        Lint alone = Lint.of(Map.of("web.yaml", yaml));
        assertEquals(List.of(), alone.errors());
        assertTrue(alone.notes().getFirst().contains("MetalCluster iptv is not among these files"));
        List<String> errors = Lint.of(Map.of("all.yaml", CLUSTER + yaml)).errors();
        assertTrue(
                errors.getFirst().contains("spec.resources[name=vip].floatingIP.address: floatingIP 198.18.10.11/24"),
                errors::toString);
    }

    @Test
    void saysWhichTimerContradictsWhich() throws IOException {
        List<String> errors = Lint.of(Map.of("c.yaml", CLUSTER + "  timers: {lease: 100ms}\n"))
                .errors();
        assertTrue(
                errors.getFirst().startsWith("c.yaml: MetalCluster iptv: spec.timers.lease: lease is 100ms"),
                errors::toString);
    }

    @Test
    void countsMachinesBesideALease() throws IOException {
        assertEquals(
                List.of(
                        "c.yaml: MetalCluster iptv: spec: leaseWitness makes an even number of nodes and witnesses odd; these are odd"
                                + " without it: leave it out"),
                Lint.of(
                                Map.of(
                                        "c.yaml",
                                        CLUSTER
                                                + "  witnesses: [{name: w, addresses: {public: 198.18.10.2}}]\n  leaseWitness: {}\n"))
                        .errors());
        Path example = Path.of("../examples/lease-witness/cluster.yaml");
        assertEquals(
                List.of(),
                Lint.of(Map.of("cluster.yaml", Files.readString(example))).errors());
    }

    @Test
    void tellsWhereYamlBreaks() throws IOException {
        assertTrue(
                Lint.of(Map.of("a.yaml", "a: [1\nb: 2\n")).errors().getFirst().startsWith("a.yaml: line "));
        assertFalse(Lint.of(Map.of("a.yaml", "---\n---\n")).errors().iterator().hasNext());
    }
}
