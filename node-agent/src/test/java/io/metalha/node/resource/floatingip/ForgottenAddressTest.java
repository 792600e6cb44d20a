// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.node.core.Epoch;
import io.metalha.node.resource.ResourceDriver.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ForgottenAddressTest {
    private final List<String> said = new ArrayList<>();

    /** An address that left its group would be dropped by the kernel for ever, whoever gives it to the server. */
    @Test
    void anAddressThatLeavesItsGroupIsNoFloatingAddressAnyMore() throws IOException {
        try (LinkState links = LinkState.open()) {
            var address = new FloatingIp(
                    FloatingIpSettings.parse("198.18.99.50/24", Optional.empty()), new Recorder(), links, () -> 0);
            address.forget();
            assertEquals(List.of("forget 198.18.99.50"), said);
        }
    }

    private final class Recorder implements AddressFilter {
        @Override
        public Outcome open(String place, Epoch epoch, Duration timeout) {
            said.add("open " + place);
            return new Outcome.Done();
        }

        @Override
        public Outcome close(String place, Epoch epoch, Duration timeout) {
            said.add("close " + place);
            return new Outcome.Done();
        }

        @Override
        public Outcome forget(String place, Duration timeout) {
            said.add("forget " + place);
            return new Outcome.Failed("the keeper does not answer");
        }
    }
}
