// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One object of a file, as it was written; the schema check fills in the defaults. */
record Manifest(String file, JsonNode object) {
    static final String GROUP_VERSION = "metalha.io/v1alpha1";

    private static final ObjectMapper YAML = new YAMLMapper();
    private static final ObjectReader DOCUMENTS = YAML.readerFor(JsonNode.class);

    /** Empty documents are left out. */
    static List<Manifest> read(String file, String yaml) throws IOException {
        var manifests = new ArrayList<Manifest>();
        try (var documents = DOCUMENTS.<JsonNode>readValues(yaml)) {
            while (documents.hasNextValue()) {
                JsonNode document = documents.nextValue();
                if (document != null && !document.isNull() && !document.isMissingNode()) {
                    manifests.add(new Manifest(file, document));
                }
            }
        }
        return manifests;
    }

    boolean isOurs() {
        return object.path("apiVersion").asText().startsWith("metalha.io/");
    }

    String kind() {
        return object.path("kind").asText();
    }

    String name() {
        return object.path("metadata").path("name").asText("(no name)");
    }

    String namespace() {
        return object.path("metadata").path("namespace").asText("");
    }

    List<Finding> check() throws IOException {
        if (!object.path("apiVersion").asText().equals(GROUP_VERSION)) {
            return List.of(new Finding("apiVersion", "there is only " + GROUP_VERSION));
        }
        if (object.isObject()) {
            ((ObjectNode) object).remove("status");
        }
        Optional<JsonNode> schema = schema(kind());
        return schema.isPresent()
                ? Schema.check(object, schema.get())
                : List.of(new Finding("kind", "write one of ClusterGroup, MetalCluster, MetalNode, ClusterOperation"));
    }

    /** From the CRDs that this version is built with. */
    static Optional<JsonNode> schema(String kind) throws IOException {
        String plural = kind.toLowerCase(Locale.ROOT) + "s.metalha.io";
        if (!plural.matches("[a-z.]+")) {
            return Optional.empty();
        }
        try (InputStream crd = Manifest.class.getResourceAsStream("/crds/" + plural + ".yaml")) {
            return crd == null
                    ? Optional.empty()
                    : Optional.of(YAML.readTree(crd)
                            .path("spec")
                            .path("versions")
                            .path(0)
                            .path("schema")
                            .path("openAPIV3Schema"));
        }
    }

    /** Only of what passed the check. */
    <T> T as(Class<T> type) throws IOException {
        return YAML.treeToValue(object, type);
    }
}
