// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResyncLogTest {
    private static final String JOURNAL = """
            iptv-web.data: resync finished: compared 4096 bytes, sent 0 bytes in 3 ms, disk 1000 bytes
            iptv-db.data: link 198.18.20.11:7789 ended: reset
            iptv-db.data: resync finished: compared 8192 bytes, sent 4096 bytes in 12 ms, disk 9000 bytes
            """;

    @Test
    void readsTheResyncsOfOneMirror() {
        assertEquals(List.of(new ResyncLog(8192, 4096, 9000)), ResyncLog.of("iptv-db.data", JOURNAL));
    }

    @Test
    void anotherMirrorHasNone() {
        assertEquals(List.of(), ResyncLog.of("iptv-db.dat", JOURNAL));
    }
}
