// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.agent.config.KeeperConf;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.GroupPlan;
import io.metalha.node.group.ResourceId;
import io.metalha.node.group.StopClass;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlansTest {
    private static final NodeId SELF = new NodeId("server1");

    @Test
    void aResourceDependsOnTheOneBeforeItUnlessItSaysOtherwise() {
        GroupPlan plan = Plans.plan(Lab.group("db", 1), SELF);
        assertEquals(
                List.of(new ResourceId("vip")),
                plan.resource(new ResourceId("app")).dependsOn());
        assertEquals(StopClass.ADDRESS, plan.resource(new ResourceId("vip")).stopClass());
    }

    @Test
    void aMonitorThatNamesNoResourceWatchesTheLastFittingOneAndEveryResourceIsWatched() {
        GroupPlan plan = Plans.plan(Lab.group("db", 1), SELF);
        assertEquals(new ResourceId("app"), plan.monitors().getFirst().on());
        assertEquals(3, plan.monitors().size());
    }

    @Test
    void keeperConfNamesEveryVoterWithItsAddresses() {
        String text = KeeperConf.text(Lab.cluster(), SELF, false, Path.of("/k")).orElseThrow();
        assertTrue(text.contains("\nvoters=1,2,3\n"), text);
        assertTrue(text.contains("\nself.number=1\n"), text);
        assertTrue(text.contains("\nvoter.2.path.public=127.0.0.2:7788\n"), text);
        assertTrue(text.contains("\ntiming.leaseMillis=800\n"), text);
        assertTrue(KeeperConf.text(Lab.cluster(), new NodeId("stranger"), false, Path.of("/k"))
                .isEmpty());
    }

    @Test
    void sizesAreBytes() {
        assertEquals(0, MirrorSide.sizeBytes(null));
        assertEquals(100L << 30, MirrorSide.sizeBytes("100Gi"));
        assertEquals(5_000_000_000L, MirrorSide.sizeBytes("5G"));
    }
}
