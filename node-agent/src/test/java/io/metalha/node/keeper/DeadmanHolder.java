// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import java.net.InetAddress;
import java.util.concurrent.locks.LockSupport;

/** Holds the addresses given as arguments for 300 ms at a time, renewed each 50 ms, for at most a minute. */
final class DeadmanHolder {
    private DeadmanHolder() {}

    public static void main(String[] args) throws Exception {
        String fault = AddressDeadman.setUp();
        if (!fault.isEmpty()) {
            throw new IllegalStateException(fault);
        }
        try (AddressDeadman deadman = new AddressDeadman()) {
            for (String address : args) {
                int errno = deadman.manage(InetAddress.ofLiteral(address).getAddress());
                if (errno != 0) {
                    throw new IllegalStateException("manage " + address + ": errno " + errno);
                }
            }
            for (int round = 0; round < 1_200; round++) {
                long begin = System.nanoTime();
                deadman.begin();
                for (String address : args) {
                    deadman.refresh(InetAddress.ofLiteral(address).getAddress(), 300);
                }
                int errno = deadman.commit();
                if (errno != 0) {
                    throw new IllegalStateException("refresh: errno " + errno);
                }
                System.out.println(System.nanoTime() - begin);
                LockSupport.parkNanos(50_000_000);
            }
        }
    }
}
