// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli.lint;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.operator.plan.ManifestChecks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All files together: each object by itself, then each beside the others, as the operator would see them. */
final class Lint {
    private final List<String> errors = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, MetalCluster> clusters = new LinkedHashMap<>();
    private final Map<Manifest, ClusterGroup> groups = new LinkedHashMap<>();
    private final StringBuilder arithmetic = new StringBuilder();

    /** @param files content by name */
    static Lint of(Map<String, String> files) throws IOException {
        Lint lint = new Lint();
        for (var file : files.entrySet()) {
            lint.read(file.getKey(), file.getValue());
        }
        lint.checkGroups();
        return lint;
    }

    private void read(String file, String yaml) throws IOException {
        List<Manifest> manifests;
        try {
            manifests = Manifest.read(file, yaml);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            errors.add(file + ": line "
                    + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + ": " + e.getOriginalMessage());
            return;
        }
        for (Manifest manifest : manifests) {
            if (!manifest.isOurs()) {
                notes.add(file + ": " + manifest.kind() + " " + manifest.name()
                        + " is not MetalHA's, and was not looked at");
                continue;
            }
            List<Finding> findings = manifest.check();
            findings.forEach(finding -> error(manifest, finding));
            if (findings.isEmpty()) {
                keep(manifest);
            }
        }
    }

    private void keep(Manifest manifest) throws IOException {
        switch (manifest.kind()) {
            case "MetalCluster" -> {
                MetalCluster cluster = manifest.as(MetalCluster.class);
                clusters.put(key(manifest.namespace(), manifest.name()), cluster);
                ManifestChecks.cluster(cluster)
                        .forEach(problem -> error(manifest, new Finding(problem.path(), problem.sentence())));
                arithmetic.append(Arithmetic.of(cluster));
            }
            case "ClusterGroup" -> groups.put(manifest, manifest.as(ClusterGroup.class));
            default -> {
                // Its schema says all.
            }
        }
    }

    private void checkGroups() {
        groups.forEach((manifest, group) -> {
            MetalCluster cluster =
                    clusters.get(key(manifest.namespace(), group.getSpec().cluster()));
            if (cluster == null) {
                notes.add(
                        "%s: MetalCluster %s is not among these files: nodes and addresses of group %s were not compared with it"
                                .formatted(manifest.file(), group.getSpec().cluster(), manifest.name()));
            }
            ManifestChecks.group(group, cluster, before(manifest))
                    .forEach(problem -> error(manifest, new Finding(problem.path(), problem.sentence())));
            arithmetic.append(Arithmetic.of(group, cluster));
        });
    }

    /** The groups of the namespace that stand before it: of two that claim one thing the later is told. */
    private List<ClusterGroup> before(Manifest manifest) {
        var before = new ArrayList<ClusterGroup>();
        for (var each : groups.entrySet()) {
            if (each.getKey() == manifest) {
                return before;
            }
            if (each.getKey().namespace().equals(manifest.namespace())) {
                before.add(each.getValue());
            }
        }
        return before;
    }

    private static String key(@Nullable String namespace, String name) {
        return namespace + "/" + name;
    }

    private void error(Manifest manifest, Finding finding) {
        errors.add("%s: %s %s: %s: %s"
                .formatted(manifest.file(), manifest.kind(), manifest.name(), finding.path(), finding.sentence()));
    }

    List<String> errors() {
        return List.copyOf(errors);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    String arithmetic() {
        return arithmetic.toString();
    }
}
