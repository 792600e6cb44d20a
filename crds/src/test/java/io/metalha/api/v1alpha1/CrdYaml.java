// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The CRD YAML of every kind: the generator's, with what it cannot say put in afterwards (columns in the order in which
 * they are declared, listType=map, duration rules).
 */
final class CrdYaml {
    static final List<Class<? extends CustomResource<?, ?>>> KINDS =
            List.of(ClusterGroup.class, ClusterOperation.class, MetalCluster.class, MetalNode.class);

    private static final String HEADER = """
            # Copyright The MetalHA Authors
            # SPDX-License-Identifier: Apache-2.0
            # Generated from the types in crds/. Change those; see docs/development.md for how to write this file anew.
            """;

    private CrdYaml() {}

    /** YAML by file name, such as {@code clustergroups.metalha.io.yaml}. */
    static Map<String, String> all() {
        var files = new TreeMap<String, String>();
        KINDS.forEach(kind -> {
            CustomResourceDefinition crd = of(kind);
            files.put(crd.getMetadata().getName() + ".yaml", HEADER + Serialization.asYaml(crd));
        });
        return files;
    }

    static CustomResourceDefinition of(Class<? extends CustomResource<?, ?>> kind) {
        var generator = new CRDGenerator().forCRDVersions("v1").withParallelGenerationEnabled(false);
        var out = new InMemory();
        generator.customResourceClasses(kind).withOutput(out).generate();
        CustomResourceDefinition crd = Serialization.unmarshal(out.text(), CustomResourceDefinition.class);
        var version = crd.getSpec().getVersions().getFirst();
        version.setAdditionalPrinterColumns(inDeclaredOrder(kind, version.getAdditionalPrinterColumns()));
        SchemaFinish.finish(kind, version.getSchema().getOpenAPIV3Schema());
        return crd;
    }

    private static List<CustomResourceColumnDefinition> inDeclaredOrder(
            Class<?> kind, List<CustomResourceColumnDefinition> columns) {
        List<String> declared = Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .collect(Collectors.toList());
        var sorted = new ArrayList<>(columns);
        sorted.sort(Comparator.comparingInt(column -> declared.indexOf(column.getName())));
        return sorted;
    }

    private static final class InMemory implements CRDGenerator.CRDOutput<ByteArrayOutputStream> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public ByteArrayOutputStream outputFor(String name) {
            return bytes;
        }

        String text() {
            return bytes.toString(java.nio.charset.StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            try {
                bytes.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
