// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.metalha.api.v1alpha1.ClusterGroup;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class DescriptionTest {
    @Test
    void drawsAGroup() throws IOException {
        var group = new YAMLMapper().readValue("""
                apiVersion: metalha.io/v1alpha1
                kind: ClusterGroup
                metadata: {name: db}
                spec:
                  cluster: iptv
                  placement: {nodes: [server1, server2]}
                  resources: []
                status:
                  summary: [It runs on server1.]
                  conditions:
                  - {type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:00:00Z", reason: Running, message: All well.}
                  members:
                  - node: server1
                    role: Active
                    ready: true
                    epoch: "3.1"
                    resources: [{name: vip, state: Running}]
                    mirrors: [{name: data, role: Primary, connection: Connected, disk: UpToDate, peerDisk: UpToDate, outOfSyncBytes: 0}]
                  failovers:
                  - {id: "3.1", from: server2, to: server1, reason: NodeLost, startedAt: "2026-01-01T00:00:00Z", outageMillis: 900,
                     phases: [{name: detect, millis: 400}, {name: vip, millis: 30}]}
                """, ClusterGroup.class);
        var page = new Page(0, false);
        Description.of(group, page);
        assertEquals("""
                ClusterGroup db of MetalCluster iptv
                It runs on server1.

                Conditions
                TYPE   STATUS  SINCE                 REASON   MESSAGE
                Ready  True    2026-01-01T00:00:00Z  Running  All well.

                Members
                NODE     ROLE    READY  EPOCH  SINCE  MESSAGE
                server1  Active  yes    3.1    -      -

                Resources and monitors
                NODE     NAME  STATE    SINCE  LAST ERROR
                server1  vip   Running  -      -

                Mirrors
                NODE     NAME  ROLE     CONNECTION  DISK      PEER DISK  OUT OF SYNC
                server1  data  Primary  Connected   UpToDate  UpToDate   0 bytes

                Failovers, the newest first
                WHEN                  KIND  FROM     TO       OUTAGE  BOUND  WHY AND PHASES
                2026-01-01T00:00:00Z  -     server2  server1  900ms   -      NodeLost: detect 400ms, vip 30ms
                """, page.toString());
    }
}
