// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The jar holds nothing of the operator but its pure planners, and nothing of Quarkus. */
class ArchitectureTest {
    @Test
    void usesPlannersOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.metalha.operator.kube..",
                        "io.metalha.operator.reconcile..",
                        "io.metalha.node..",
                        "io.quarkus..",
                        "io.javaoperatorsdk..")
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.metalha.cli", "io.metalha.operator.plan"));
    }
}
