// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

/** Where {@link LeaseCore#renew} puts the entries of the next heartbeat; a flyweight on the packet being built. */
public interface RenewalSink {
    /** To every other voter. Allocates nothing. */
    void renew(long group, long epochCounter, int epochVoter, int leaseMillis, long sentNanos);
}
