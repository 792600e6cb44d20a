// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import io.metalha.node.core.Epoch;
import io.metalha.node.resource.ResourceDriver.Outcome;
import java.time.Duration;

/**
 * The keeper's lease-timed filter, without which a floating address is dropped by the kernel (safety rule 16). Opened
 * before the address is added, closed before it is removed.
 */
public interface AddressFilter {
    /** @param place {@code address@interface}, as keeper.sock has it */
    Outcome open(String place, Epoch epoch, Duration timeout);

    /** Closing what is closed is Done. */
    Outcome close(String place, Epoch epoch, Duration timeout);

    /** It is no floating address of this server any more: it passes like any other. Refused while some group has it open. */
    Outcome forget(String place, Duration timeout);
}
