// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.NetfilterBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Lets the kernel cut floating addresses by itself when they are not renewed (safety rule 16). Two sets in the tables
 * {@code inet metalha} and {@code arp metalha}: every managed address of this host, and, with a timeout, those held now.
 * Packets to this host at, or from it as, a managed address that is not held are dropped, ARP questions and answers too.
 *
 * <p>Rules look at the local end only: a standby must still reach the address on its owner, and hear its owner's
 * announcements. IPv6 neighbour advertisements carry the address as their source, so the inet rule covers them.
 *
 * <p>One thread, apart from {@link #setUp}, which needs the {@code nft} tool and any thread but the loop's.
 */
final class AddressDeadman implements AutoCloseable {
    private static final String SET_UP = """
            add table inet metalha
            add set inet metalha floating4 { type ipv4_addr; }
            add set inet metalha floating6 { type ipv6_addr; }
            add set inet metalha held4 { type ipv4_addr; flags timeout; }
            add set inet metalha held6 { type ipv6_addr; flags timeout; }
            add chain inet metalha in { type filter hook input priority -400; policy accept; }
            add chain inet metalha out { type filter hook output priority -400; policy accept; }
            flush chain inet metalha in
            flush chain inet metalha out
            add rule inet metalha in ip daddr @floating4 ip daddr != @held4 counter drop
            add rule inet metalha in ip6 daddr @floating6 ip6 daddr != @held6 counter drop
            add rule inet metalha out ip saddr @floating4 ip saddr != @held4 counter drop
            add rule inet metalha out ip6 saddr @floating6 ip6 saddr != @held6 counter drop
            add table arp metalha
            add set arp metalha floating4 { type ipv4_addr; }
            add set arp metalha held4 { type ipv4_addr; flags timeout; }
            add chain arp metalha in { type filter hook input priority -400; policy accept; }
            add chain arp metalha out { type filter hook output priority -400; policy accept; }
            flush chain arp metalha in
            flush chain arp metalha out
            add rule arp metalha in arp saddr ip @floating4 accept
            add rule arp metalha in arp daddr ip @floating4 arp daddr ip != @held4 counter drop
            add rule arp metalha out arp saddr ip @floating4 arp saddr ip != @held4 counter drop
            """;
    private static final byte[] TABLE = NetfilterBatch.name("metalha");
    private static final byte[] FLOATING4 = NetfilterBatch.name("floating4");
    private static final byte[] FLOATING6 = NetfilterBatch.name("floating6");
    private static final byte[] HELD4 = NetfilterBatch.name("held4");
    private static final byte[] HELD6 = NetfilterBatch.name("held6");
    private static final long ANY_MILLIS = 1000;

    private final NetfilterBatch batch;

    AddressDeadman() throws IOException {
        batch = new NetfilterBatch();
    }

    /**
     * Makes tables, sets and rules in one transaction; what the sets hold stays, so a keeper's restart cuts nothing.
     *
     * @return empty, or why it did not work
     */
    static String setUp() {
        try {
            Process nft = new ProcessBuilder("nft", "-f", "-")
                    .redirectErrorStream(true)
                    .start();
            try (var in = nft.getOutputStream()) {
                in.write(SET_UP.getBytes(StandardCharsets.US_ASCII));
            }
            String said = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!nft.waitFor(10, TimeUnit.SECONDS)) {
                nft.destroyForcibly();
                return "nft did not end within 10 s";
            }
            return nft.exitValue() == 0
                    ? ""
                    : "nft: " + said.lines().findFirst().orElse("failed");
        } catch (IOException e) {
            return "cannot run nft (package nftables): " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    void begin() {
        batch.begin();
    }

    /** Adds the address's refresh to the transaction that {@link #begin} opened; commits in between when it is full. */
    int refresh(byte[] address, long usableMillis) {
        int errno = 0;
        if (!batch.hasRoom()) {
            errno = batch.commit();
            batch.begin();
        }
        if (usableMillis <= 0) {
            return errno;
        }
        if (address.length == 4) {
            batch.refresh(NetfilterBatch.NFPROTO_INET, TABLE, HELD4, address, usableMillis);
            batch.refresh(NetfilterBatch.NFPROTO_ARP, TABLE, HELD4, address, usableMillis);
        } else {
            batch.refresh(NetfilterBatch.NFPROTO_INET, TABLE, HELD6, address, usableMillis);
        }
        return errno;
    }

    /** 0, or the errno for which nothing was changed. */
    int commit() {
        return batch.commit();
    }

    /** From now on the address passes only while it is held. */
    int manage(byte[] address) {
        batch.begin();
        if (address.length == 4) {
            batch.add(NetfilterBatch.NFPROTO_INET, TABLE, FLOATING4, address, 0);
            batch.add(NetfilterBatch.NFPROTO_ARP, TABLE, FLOATING4, address, 0);
        } else {
            batch.add(NetfilterBatch.NFPROTO_INET, TABLE, FLOATING6, address, 0);
        }
        return batch.commit();
    }

    /** Cuts the address at once. */
    int cut(byte[] address) {
        batch.begin();
        if (address.length == 4) {
            batch.remove(NetfilterBatch.NFPROTO_INET, TABLE, HELD4, address, ANY_MILLIS);
            batch.remove(NetfilterBatch.NFPROTO_ARP, TABLE, HELD4, address, ANY_MILLIS);
        } else {
            batch.remove(NetfilterBatch.NFPROTO_INET, TABLE, HELD6, address, ANY_MILLIS);
        }
        return batch.commit();
    }

    /** The address is none of ours any more: it passes always. */
    int forget(byte[] address) {
        batch.begin();
        if (address.length == 4) {
            batch.add(NetfilterBatch.NFPROTO_INET, TABLE, FLOATING4, address, 0);
            batch.delete(NetfilterBatch.NFPROTO_INET, TABLE, FLOATING4, address);
            batch.add(NetfilterBatch.NFPROTO_ARP, TABLE, FLOATING4, address, 0);
            batch.delete(NetfilterBatch.NFPROTO_ARP, TABLE, FLOATING4, address);
        } else {
            batch.add(NetfilterBatch.NFPROTO_INET, TABLE, FLOATING6, address, 0);
            batch.delete(NetfilterBatch.NFPROTO_INET, TABLE, FLOATING6, address);
        }
        return batch.commit();
    }

    @Override
    public void close() throws IOException {
        batch.close();
    }
}
