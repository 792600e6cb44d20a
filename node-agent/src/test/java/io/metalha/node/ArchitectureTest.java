// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Decisions stay apart from effects: what decides sees values only. */
class ArchitectureTest {
    /** Every decide-side package. A new one is added here when it is made. */
    private static final String[] DECIDE = {
        "io.metalha.node.core..",
        "io.metalha.node.lease..",
        "io.metalha.node.membership..",
        "io.metalha.node.placement..",
        "io.metalha.node.group..",
        "io.metalha.node.agent.known..",
        "io.metalha.node.mirror.state..",
        "io.metalha.node.simulation..",
        "io.metalha.node.watchdog..",
        "io.metalha.node.fencing",
        "io.metalha.node.witness..",
    };

    private static JavaClasses code;

    @BeforeAll
    static void read() {
        code = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.metalha.node");
    }

    @Test
    void decidingKnowsNoThreadSocketFileClockOrLogger() {
        classes()
                .that()
                .resideInAnyPackage(DECIDE)
                .should()
                .onlyDependOnClassesThat(pure())
                .check(code);
    }

    private static DescribedPredicate<JavaClass> pure() {
        return new DescribedPredicate<>("are values, collections or other decide-side code") {
            @Override
            public boolean test(JavaClass type) {
                String pack = type.getPackageName();
                for (String decide : DECIDE) {
                    boolean within = decide.endsWith("..")
                            ? (pack + ".").startsWith(decide.substring(0, decide.length() - 1))
                            : pack.equals(decide);
                    if (within) {
                        return true;
                    }
                }
                return switch (pack) {
                    case "java.util",
                            "java.util.function",
                            "java.util.stream",
                            "java.util.regex",
                            "java.lang.runtime",
                            "java.lang.invoke",
                            "java.lang.annotation",
                            "java.nio.charset",
                            "java.security",
                            "org.jspecify.annotations",
                            "" -> true;
                    case "java.lang" ->
                        !type.getName().matches("java\\.lang\\.(Thread|Process|Runtime(?!Exception)).*");
                    case "java.time" ->
                        !type.getSimpleName().equals("Clock")
                                && !type.getSimpleName().equals("InstantSource");
                    default -> type.isArray() || type.isPrimitive();
                };
            }
        };
    }
}
