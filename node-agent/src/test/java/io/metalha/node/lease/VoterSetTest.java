// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.VoterId;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class VoterSetTest {
    @Test
    void followsByOneVoterAtATime() {
        VoterSet before = set(2, 1, 2, 3);
        assertEquals("", set(3, 1, 2, 3, 4).objection(before));
        assertEquals("", set(3, 1, 2).objection(before));
        assertEquals("", before.objection(before));
        assertTrue(set(3, 1, 2, 4).objection(before).contains("more than one voter"));
        assertTrue(set(3, 3, 4, 5).objection(before).contains("more than one voter"));
        assertTrue(set(4, 1, 2, 3, 4).objection(before).contains("leaves out"));
        assertTrue(set(1, 1, 2).objection(before).contains("older"));
        assertTrue(set(2, 1, 2).objection(before).contains("had other voters"));
    }

    @Test
    void whoKnowsNoneTakesAny() {
        assertEquals("", set(7, 1, 2, 9).objection(VoterSet.NONE));
    }

    @Test
    void onlyRenewalsAreHeardFromANeighbouringSet() {
        assertTrue(VoterSet.hears(5, 5, false));
        assertFalse(VoterSet.hears(5, 4, false) || VoterSet.hears(5, 6, false));
        assertTrue(VoterSet.hears(5, 4, true) && VoterSet.hears(5, 6, true));
        assertFalse(VoterSet.hears(5, 3, true) || VoterSet.hears(5, 7, true));
    }

    private static VoterSet set(long number, int... voters) {
        return new VoterSet(number, Arrays.stream(voters).mapToObj(VoterId::new).toList());
    }
}
