// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.node.core.GroupId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeeperGroupsTest {
    /** What one group forgets late must not take the dead-man of the group that has the address now. */
    @Test
    void knowsForWhichGroupAnAddressIsOpen() {
        var groups = new KeeperGroups();
        KeeperGroup web = groups.of(new GroupId("iptv-web"));
        var _ = groups.of(new GroupId("iptv-db"));
        byte[] address = HeldAddresses.bytes("198.18.10.50/24@eth0");
        assertEquals(Optional.empty(), groups.withOpen(address));
        web.addresses = new byte[][] {HeldAddresses.bytes("198.18.10.60"), HeldAddresses.bytes("198.18.10.50")};
        assertEquals(Optional.of(web), groups.withOpen(address));
    }
}
