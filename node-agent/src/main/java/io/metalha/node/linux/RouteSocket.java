// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * rtnetlink(7): addresses and links of this network namespace. About 30 microseconds a request; the first one costs
 * milliseconds of class loading, so drivers call it early. One thread at a time.
 */
public final class RouteSocket implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int NETLINK_ROUTE = 0;

    private static final short NLMSG_ERROR = 2;
    private static final short NLMSG_DONE = 3;
    private static final short RTM_NEWLINK = 16;
    private static final short RTM_DELLINK = 17;
    private static final short RTM_GETLINK = 18;
    private static final short RTM_NEWADDR = 20;
    private static final short RTM_DELADDR = 21;
    private static final short RTM_GETADDR = 22;

    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_ACK = 4;
    private static final int NLM_F_DUMP = 0x300;
    private static final int NLM_F_CREATE_EXCL = 0x600;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_F_NODAD = 0x02;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFF_UP = 1;
    private static final int IFF_LOWER_UP = 0x10000;
    private static final int ARPHRD_ETHER = 1;

    /** RTMGRP_LINK: links that come, go or change. */
    private static final int LINK_EVENTS = 1;

    private static final int HEADER_BYTES = 16;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int ANSWER_MILLIS = 1_000;

    private final int socket;
    private final Arena arena;
    private final MemorySegment buffer;
    private int sequence;

    private RouteSocket(int groups, Arena arena) throws KernelException {
        this.arena = arena;
        this.buffer = arena.allocate(BUFFER_BYTES, 8);
        socket = Sockets.open(AF_NETLINK, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC, NETLINK_ROUTE);
        MemorySegment address = arena.allocate(12, 4);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
        address.set(ValueLayout.JAVA_INT, 8, groups);
        Sockets.bind(socket, address);
    }

    /** For the calling thread alone: the end of memory that threads share stops all of them for a moment. */
    public static RouteSocket open() throws KernelException {
        return new RouteSocket(0, Arena.ofConfined());
    }

    /** For {@link #awaitLinkEvents}. */
    public static RouteSocket forLinkEvents() throws KernelException {
        return new RouteSocket(LINK_EVENTS, Arena.ofShared());
    }

    /** What became of a link. */
    public sealed interface LinkEvent {
        record Present(NetworkLink link) implements LinkEvent {}

        record Gone(int index, String name) implements LinkEvent {}
    }

    public List<NetworkLink> links() throws IOException {
        List<NetworkLink> links = new ArrayList<>();
        dump(RTM_GETLINK, 16, message -> parseLink(message).ifPresent(links::add));
        return links;
    }

    public List<LinkAddress> addresses() throws IOException {
        List<LinkAddress> addresses = new ArrayList<>();
        dump(RTM_GETADDR, 8, message -> parseAddress(message).ifPresent(addresses::add));
        return addresses;
    }

    /** Adds it without the kernel's own duplicate detection; true when it was not there before. */
    public boolean add(LinkAddress address) throws IOException {
        int error = request(addressMessage(RTM_NEWADDR, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE_EXCL, address));
        if (error != 0 && error != LibC.EEXIST) {
            throw new KernelException("adding " + address.address().getHostAddress(), error);
        }
        return error == 0;
    }

    /** Removes it; true when it was there. */
    public boolean remove(LinkAddress address) throws IOException {
        int error = request(addressMessage(RTM_DELADDR, NLM_F_REQUEST | NLM_F_ACK, address));
        if (error != 0 && error != LibC.EADDRNOTAVAIL && error != LibC.ENODEV) {
            throw new KernelException("removing " + address.address().getHostAddress(), error);
        }
        return error == 0;
    }

    /** Waits for link events and hands them on. Blocks in the kernel: platform threads only. */
    public void awaitLinkEvents(int timeoutMillis, Consumer<LinkEvent> consumer) throws IOException {
        if (!Sockets.await(socket, timeoutMillis)) {
            return;
        }
        for (int received = receive(); received > 0; received = receive()) {
            forEachMessage(received, (type, message) -> {
                if (type == RTM_NEWLINK || type == RTM_DELLINK) {
                    parseLink(message)
                            .map(link -> type == RTM_NEWLINK
                                    ? new LinkEvent.Present(link)
                                    : new LinkEvent.Gone(link.index(), link.name()))
                            .ifPresent(consumer);
                }
                return true;
            });
        }
    }

    @Override
    public void close() {
        Sockets.close(socket);
        arena.close();
    }

    private byte[] addressMessage(short type, int flags, LinkAddress address) {
        byte[] bytes = address.address().getAddress();
        boolean four = bytes.length == 4;
        ByteBuffer out = message(type, flags, HEADER_BYTES + 8 + 2 * (4 + bytes.length));
        out.put((byte) (four ? AF_INET : AF_INET6));
        out.put((byte) address.prefixLength());
        out.put((byte) (four ? 0 : IFA_F_NODAD));
        out.put((byte) 0);
        out.putInt(address.link());
        for (int attribute : new int[] {IFA_LOCAL, IFA_ADDRESS}) {
            out.putShort((short) (4 + bytes.length));
            out.putShort((short) attribute);
            out.put(bytes);
        }
        return out.array();
    }

    private ByteBuffer message(short type, int flags, int length) {
        ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        out.putInt(length)
                .putShort(type)
                .putShort((short) flags)
                .putInt(++sequence)
                .putInt(0);
        return out;
    }

    /** Sends and waits for the acknowledgement; 0 or errno. */
    private int request(byte[] message) throws IOException {
        Sockets.send(socket, message);
        int[] error = {-1};
        collect((type, body) -> {
            if (type == NLMSG_ERROR) {
                error[0] = -body.getInt(body.position());
                return false;
            }
            return true;
        });
        return error[0];
    }

    private void dump(short type, int bodyBytes, Consumer<ByteBuffer> each) throws IOException {
        ByteBuffer out = message(type, NLM_F_REQUEST | NLM_F_DUMP, HEADER_BYTES + bodyBytes);
        Sockets.send(socket, out.array());
        collect((answer, body) -> {
            if (answer == NLMSG_DONE) {
                return false;
            }
            if (answer == NLMSG_ERROR) {
                throw new IllegalStateException("netlink dump refused: " + LibC.message(-body.getInt(body.position())));
            }
            each.accept(body);
            return true;
        });
    }

    /** Reads messages of the current request until the visitor has seen the last one. */
    private void collect(Visitor visitor) throws IOException {
        while (Sockets.await(socket, ANSWER_MILLIS)) {
            int received = receive();
            if (received > 0 && !forEachMessage(received, visitor)) {
                return;
            }
        }
        throw new IOException("the kernel did not answer a netlink request within a second");
    }

    private int receive() throws KernelException {
        return Sockets.receive(socket, buffer);
    }

    private interface Visitor {
        /** False ends the conversation. */
        boolean visit(short type, ByteBuffer body);
    }

    private boolean forEachMessage(int received, Visitor visitor) {
        ByteBuffer in = buffer.asSlice(0, received).asByteBuffer().order(ByteOrder.nativeOrder());
        boolean more = true;
        while (in.remaining() >= HEADER_BYTES) {
            int start = in.position();
            int length = in.getInt(start);
            if (length < HEADER_BYTES || length > in.remaining()) {
                break;
            }
            ByteBuffer body =
                    in.slice(start + HEADER_BYTES, length - HEADER_BYTES).order(ByteOrder.nativeOrder());
            more &= visitor.visit(in.getShort(start + 4), body);
            in.position(Math.min(start + aligned(length), in.limit()));
        }
        return more;
    }

    private static Optional<NetworkLink> parseLink(ByteBuffer body) {
        // A bridge tells of its ports by link messages of family AF_BRIDGE; those are not about the link itself.
        if (body.remaining() < 16 || body.get(0) != 0) {
            return Optional.empty();
        }
        short hardwareType = body.getShort(2);
        int index = body.getInt(4);
        int flags = body.getInt(8);
        String name = "";
        String hardware = "";
        for (Attribute attribute : attributes(body, 16)) {
            if (attribute.type() == IFLA_IFNAME) {
                name = new String(attribute.value(), 0, attribute.value().length - 1, StandardCharsets.UTF_8);
            } else if (attribute.type() == IFLA_ADDRESS) {
                hardware = NetworkLink.hardwareText(attribute.value());
            }
        }
        boolean carrier = (flags & IFF_UP) != 0 && (flags & IFF_LOWER_UP) != 0;
        return Optional.of(new NetworkLink(index, name, hardware, hardwareType == ARPHRD_ETHER, carrier));
    }

    private static Optional<LinkAddress> parseAddress(ByteBuffer body) {
        if (body.remaining() < 8) {
            return Optional.empty();
        }
        int family = body.get(0);
        int prefixLength = body.get(1) & 0xff;
        int link = body.getInt(4);
        byte[] found = new byte[0];
        for (Attribute attribute : attributes(body, 8)) {
            // On a point-to-point link IFA_ADDRESS is the peer's; IFA_LOCAL, where present, is always ours.
            if (attribute.type() == IFA_LOCAL || attribute.type() == IFA_ADDRESS && found.length == 0) {
                found = attribute.value();
            }
        }
        if (family != AF_INET && family != AF_INET6 || found.length == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new LinkAddress(link, InetAddress.getByAddress(found), prefixLength));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Attribute(int type, byte[] value) {}

    private static List<Attribute> attributes(ByteBuffer body, int from) {
        List<Attribute> found = new ArrayList<>();
        int at = from;
        while (at + 4 <= body.limit()) {
            int length = body.getShort(at) & 0xffff;
            if (length < 4 || at + length > body.limit()) {
                break;
            }
            byte[] value = new byte[length - 4];
            body.get(at + 4, value);
            found.add(new Attribute(body.getShort(at + 2) & 0x3fff, value));
            at += aligned(length);
        }
        return found;
    }

    private static int aligned(int length) {
        return length + 3 & ~3;
    }
}
