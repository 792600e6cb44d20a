// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Planners decide from values: they reach no API server, clock, thread or log. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.metalha.operator");

    @Test
    void planIsPure() {
        noClasses()
                .that()
                .resideInAPackage("io.metalha.operator.plan..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.fabric8.kubernetes.client",
                        "io.fabric8.kubernetes.client.dsl..",
                        "io.javaoperatorsdk..",
                        "io.quarkus..",
                        "io.micrometer..",
                        "org.jboss..",
                        "org.slf4j..",
                        "java.net..",
                        "java.nio..",
                        "java.util.concurrent..",
                        "io.metalha.operator.kube..",
                        "io.metalha.operator.reconcile..")
                .check(CLASSES);
    }

    @Test
    void planReadsNoClock() {
        noClasses()
                .that()
                .resideInAPackage("io.metalha.operator.plan..")
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CLASSES);
    }
}
