// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is registered where.
 *
 * @param name        host name without its zone
 * @param addresses   the group's floating IPs, both families
 * @param node        this server, told in a TXT record beside the address, for people who ask where the group is
 * @param reverseZone where PTR records are kept; none without it
 */
public record VirtualHostNameSettings(
        String name,
        String zone,
        InetSocketAddress server,
        Optional<KeySource> key,
        Duration ttl,
        Optional<String> reverseZone,
        List<InetAddress> addresses,
        String node) {
    public VirtualHostNameSettings {
        addresses = List.copyOf(addresses);
    }

    /** Where the key is read at each registration, so that a changed Secret counts at once. */
    @FunctionalInterface
    public interface KeySource {
        /** Throws IOException with a sentence when there is no such key. */
        TsigKey read() throws IOException;
    }

    /**
     * A TSIG key (RFC 8945).
     *
     * @param algorithm as hmac-sha256
     * @param secret    base64 text
     */
    public record TsigKey(String name, String algorithm, String secret) {
        /** Keeps the secret out of logs and messages. */
        @Override
        public String toString() {
            return "TsigKey[" + name + "]";
        }
    }
}
