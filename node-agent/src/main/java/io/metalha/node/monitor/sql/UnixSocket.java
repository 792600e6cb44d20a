// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket in the shape of {@link Socket}, as far as the database driver uses it. Timeouts are the caller's: its
 * interruption closes the channel.
 */
final class UnixSocket extends Socket {
    private final String path;
    private @Nullable SocketChannel channel;
    private int timeoutMillis;

    UnixSocket(String path) {
        this.path = path;
    }

    @Override
    public void connect(@Nullable SocketAddress ignored) throws IOException {
        connect(ignored, 0);
    }

    @Override
    public void connect(@Nullable SocketAddress ignored, int ignoredMillis) throws IOException {
        SocketChannel opened = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            opened.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        channel = opened;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return Channels.newInputStream(open());
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return Channels.newOutputStream(open());
    }

    @Override
    public boolean isConnected() {
        return channel != null;
    }

    @Override
    public boolean isClosed() {
        return channel != null && !channel.isOpen();
    }

    @Override
    public InetAddress getInetAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public void setTcpNoDelay(boolean ignored) {
        // No TCP here.
    }

    @Override
    public void setKeepAlive(boolean ignored) {
        // No TCP here.
    }

    @Override
    public void setSoLinger(boolean ignored, int ignoredSeconds) {
        // No TCP here.
    }

    @Override
    public void shutdownInput() throws IOException {
        open().shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        open().shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    private SocketChannel open() throws SocketException {
        if (channel == null) {
            throw new SocketException("not connected to " + path);
        }
        return channel;
    }
}
