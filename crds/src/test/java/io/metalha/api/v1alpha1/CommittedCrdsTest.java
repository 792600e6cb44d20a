// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The committed CRD YAML is the one that the types generate. {@code -Dmetalha.crds.write=true} writes it anew. */
class CommittedCrdsTest {
    private static final Path FOLDER = Path.of("../helm/metalha/crds");

    @Test
    void committedYamlIsWhatTheTypesGenerate() throws IOException {
        Map<String, String> generated = CrdYaml.all();
        if (Boolean.getBoolean("metalha.crds.write")) {
            Files.createDirectories(FOLDER);
            for (var file : generated.entrySet()) {
                Files.writeString(FOLDER.resolve(file.getKey()), file.getValue());
            }
        }
        var committed = new TreeMap<String, String>();
        try (var files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                committed.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        assertEquals(
                generated,
                committed,
                "helm/metalha/crds is stale: run mvn -pl crds test -Dtest=CommittedCrdsTest -Dmetalha.crds.write=true");
    }
}
