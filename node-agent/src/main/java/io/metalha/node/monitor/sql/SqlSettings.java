// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.sql;

import io.metalha.node.core.NodeId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a server is asked.
 *
 * @param login without one: root through the socket, which Debian's MariaDB lets in by the process's own identity
 */
public record SqlSettings(Endpoint endpoint, Level level, Optional<LoginSource> login, NodeId node) {
    /** Where the server listens. */
    public sealed interface Endpoint {
        /** A Unix socket. */
        record Local(Path socket) implements Endpoint {
            @Override
            public String toString() {
                return socket.toString();
            }
        }

        /** TCP. */
        record Remote(InetSocketAddress address) implements Endpoint {
            @Override
            public String toString() {
                return address.getAddress().getHostAddress() + " port " + address.getPort();
            }
        }
    }

    /** How much of the server is tried. */
    public enum Level {
        /** Log in. */
        CONNECT,
        /** And select. */
        READ,
        /** And commit a write to {@code metalha_monitor.heartbeat}, made when it is missing. */
        READ_WRITE
    }

    /** @param password never shown */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /** Read at each check, so that a changed Secret counts at once. */
    @FunctionalInterface
    public interface LoginSource {
        /** Throws IOException with a sentence when there is no such login. */
        Login read() throws IOException;
    }
}
