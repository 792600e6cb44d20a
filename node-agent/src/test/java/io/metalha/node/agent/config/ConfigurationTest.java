// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.node.agent.Lab;
import io.metalha.node.agent.config.Configuration.Judgement;
import io.metalha.node.agent.config.Configuration.Stamp;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private static final Stamp THREE = new Stamp("a", 3);

    @Test
    void acceptsANewerGenerationOnceTheOperatorHas() {
        assertInstanceOf(Judgement.Accepted.class, Configuration.judge(THREE, new Stamp("a", 4), 4L, false));
        assertInstanceOf(Judgement.Held.class, Configuration.judge(THREE, new Stamp("a", 4), 3L, false));
        assertInstanceOf(Judgement.Held.class, Configuration.judge(null, new Stamp("a", 1), null, false));
    }

    @Test
    void holdsALowerGenerationAndOtherContentUnderTheSameOne() {
        Judgement.Held lower =
                assertInstanceOf(Judgement.Held.class, Configuration.judge(THREE, new Stamp("a", 2), 2L, false));
        assertEquals("ConfigurationRegressed", lower.reason());
        Judgement.Held other = assertInstanceOf(Judgement.Held.class, Configuration.judge(THREE, THREE, 3L, false));
        assertEquals("ConfigurationRegressed", other.reason());
        assertInstanceOf(Judgement.Unchanged.class, Configuration.judge(THREE, THREE, 3L, true));
    }

    @Test
    void acceptsAnObjectThatWasMadeAgain() {
        assertInstanceOf(Judgement.Accepted.class, Configuration.judge(THREE, new Stamp("b", 1), 1L, false));
    }

    @Test
    void survivesTheDisk(@TempDir Path folder) {
        ClusterGroup group = Lab.group("db", 1);
        Configuration config =
                Configuration.EMPTY.with(Lab.cluster()).with(group).withOperation("uid-1");
        Path file = folder.resolve("config.json");
        ConfigStore.write(file, config);
        Configuration read = ConfigStore.read(file, Configuration.class, Configuration.EMPTY);
        assertEquals(group.getSpec(), read.group("db").orElseThrow().getSpec());
        assertEquals(Lab.cluster().getSpec(), read.cluster().getSpec());
        assertTrue(read.operationsDone().contains("uid-1"));
    }

    @Test
    void survivesADamagedFile(@TempDir Path folder) throws java.io.IOException {
        Path file = folder.resolve("config.json");
        java.nio.file.Files.writeString(file, "{ not json");
        assertEquals(Configuration.EMPTY, ConfigStore.read(file, Configuration.class, Configuration.EMPTY));
    }
}
