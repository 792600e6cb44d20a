// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.sql;

import java.net.InetAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.util.ConfigurableSocketFactory;

/** Gives the driver Unix sockets of the JDK; its own way to them needs JNA. Public because the driver makes it by name. */
public final class UnixSocketFactory extends ConfigurableSocketFactory {
    static final String PATH = "metalhaSocket";

    private String path = "";

    @Override
    public void setConfiguration(Configuration configuration, @Nullable String host) {
        path = configuration.nonMappedOptions().getProperty(PATH, "");
    }

    @Override
    public Socket createSocket() {
        return new UnixSocket(path);
    }

    @Override
    public Socket createSocket(String host, int port) {
        return createSocket();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        return createSocket();
    }
}
