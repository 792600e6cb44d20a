// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.NetfilterBatch;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Drives the address dead-man for the groups, and mends it when somebody flushed the host's nftables rules. The loop's
 * thread; only the mending runs {@code nft} on a thread of its own.
 */
final class HeldAddresses {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Inbox inbox;
    private final KeeperLog log;
    private final Set<String> managed = new LinkedHashSet<>();
    private @Nullable AddressDeadman deadman;
    private String fault;

    HeldAddresses(Inbox inbox, KeeperLog log) {
        this.inbox = inbox;
        this.log = log;
        fault = AddressDeadman.setUp();
        try {
            deadman = new AddressDeadman();
        } catch (IOException e) {
            fault = "netfilter netlink: " + e.getMessage();
        }
        if (!fault.isEmpty()) {
            log.line("address dead-man: " + fault);
            mend();
        }
    }

    /** "yes", or why addresses would not be cut. */
    String state() {
        return fault.isEmpty() ? "yes" : fault;
    }

    static byte[] bytes(String address) {
        return InetAddress.ofLiteral(StopList.ipOf(address)).getAddress();
    }

    /** From now on it passes only while held. Empty, or why not. */
    String manage(String address) {
        byte[] ip = bytes(address);
        AddressDeadman present = deadman;
        if (!fault.isEmpty() || present == null) {
            return "the address dead-man does not work here: " + fault;
        }
        managed.add(StopList.ipOf(address));
        return noted(present.manage(ip));
    }

    /** Lets the address pass for as long as the group's lease lasts. Empty, or why not. */
    String on(KeeperGroup group, String address, long nowNanos) {
        String refused = manage(address);
        if (!refused.isEmpty()) {
            return refused;
        }
        byte[] ip = bytes(address);
        if (Arrays.stream(group.addresses).noneMatch(known -> Arrays.equals(known, ip))) {
            List<byte[]> more = new ArrayList<>(List.of(group.addresses));
            more.add(ip);
            group.addresses = more.toArray(byte[][]::new);
        }
        return refresh(group, nowNanos) ? "" : "the address dead-man does not work here: " + fault;
    }

    /** Cuts the address at once; it stays managed. */
    String off(@Nullable KeeperGroup group, String address) {
        byte[] ip = bytes(address);
        if (group != null) {
            group.addresses = Arrays.stream(group.addresses)
                    .filter(known -> !Arrays.equals(known, ip))
                    .toArray(byte[][]::new);
        }
        String refused = manage(address);
        AddressDeadman present = deadman;
        return refused.isEmpty() && present != null ? noted(present.cut(ip)) : refused;
    }

    /** It is no floating address any more. */
    String forget(String address) {
        managed.remove(StopList.ipOf(address));
        AddressDeadman present = deadman;
        return present == null ? "" : noted(present.forget(bytes(address)));
    }

    /** Gives the kernel the lease's new end. Allocates nothing. */
    boolean refresh(KeeperGroup group, long nowNanos) {
        AddressDeadman present = deadman;
        group.refreshDue = false;
        if (present == null || !fault.isEmpty()) {
            return false;
        }
        long usableMillis = (group.usableUntilNanos - nowNanos) / 1_000_000;
        present.begin();
        int errno = 0;
        for (byte[] address : group.addresses) {
            int one = present.refresh(address, usableMillis);
            errno = errno == 0 ? one : errno;
        }
        int last = present.commit();
        errno = errno == 0 ? last : errno;
        if (errno != 0) {
            noted(errno);
        }
        return errno == 0;
    }

    /** The lease is gone: all its addresses, now. */
    void cut(KeeperGroup group) {
        AddressDeadman present = deadman;
        for (byte[] address : group.addresses) {
            if (present != null && fault.isEmpty()) {
                noted(present.cut(address));
            }
        }
        group.addresses = new byte[0][];
        group.refreshDue = false;
    }

    private String noted(int errno) {
        if (errno == 0) {
            return "";
        }
        fault = errno == NetfilterBatch.ENOENT
                ? "somebody removed our nftables tables"
                : "netfilter refused with errno " + errno;
        log.line("address dead-man: " + fault + ", setting it up again");
        mend();
        return fault;
    }

    private void mend() {
        Thread.ofPlatform().daemon().name("nft").start(() -> {
            String result = AddressDeadman.setUp();
            if (!result.isEmpty()) {
                try {
                    Thread.sleep(RETRY);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            inbox.offer(new Inbox.Input.Ended(() -> mended(result)));
        });
    }

    private void mended(String result) {
        fault = result;
        if (!result.isEmpty()) {
            mend();
            return;
        }
        log.line("address dead-man: works again");
        for (String address : List.copyOf(managed)) {
            manage(address);
        }
    }
}
