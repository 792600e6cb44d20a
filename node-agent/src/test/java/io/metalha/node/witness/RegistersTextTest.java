// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.VoterId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The registers as text in an annotation. */
class RegistersTextTest {
    private static final Register PLAIN = Play.register(3, Play.record(6, 2, 1), 9);

    @Test
    void readsWhatItWrote() {
        Map<Long, Register> registers =
                Map.of(42L, PLAIN, -1L, Register.NONE.promise(1, new Epoch(7, 1)), 43L, PLAIN.release());
        assertEquals(registers, RegistersText.parse(RegistersText.write(registers)));
    }

    @Test
    void isRefusedWhenDamagedInAnyPart() {
        String text = RegistersText.write(Map.of(42L, PLAIN));
        for (int end = 1; end < text.length() - 1; end++) {
            String torn = text.substring(0, end);
            if (!torn.endsWith(":1")) {
                assertThrows(IllegalArgumentException.class, () -> RegistersText.parse(torn), torn);
            }
        }
    }

    /** 262 144 bytes of annotations are allowed in an object. */
    @Test
    void theMostFitsIntoAnAnnotation() {
        Epoch epoch = new Epoch(Long.MAX_VALUE / 2, VoterId.MAX);
        List<CopyEntry> copies = Collections.nCopies(4, new CopyEntry(new UUID(-1, -1), new UUID(-1, -1), true, -1));
        Register most = new Register(
                Long.MAX_VALUE / 2,
                epoch,
                new GroupRecord(epoch, Long.MAX_VALUE / 2, VoterId.MAX, copies),
                Integer.MAX_VALUE,
                Long.MAX_VALUE / 2,
                false);
        Map<Long, Register> all = new TreeMap<>();
        for (long group = 0; group < Registers.GROUPS_MAX; group++) {
            all.put(-1 - group, most);
        }
        assertTrue(new Registers("", 0, true, all).fits());
        assertTrue(
                RegistersText.write(all).length() < 200_000,
                () -> RegistersText.write(all).length() + " characters");
    }
}
