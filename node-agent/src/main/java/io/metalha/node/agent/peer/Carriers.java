// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.peer;

import io.metalha.node.placement.PathReport.Carrier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Whether the interfaces of this machine's heartbeat addresses have a carrier. Reads sysfs: cheap, never waits. */
public final class Carriers {
    private static final Path NET = Path.of("/sys/class/net");

    private final Map<String, String> interfaces = new HashMap<>();

    public Carrier of(String address) {
        String name = interfaces.get(address);
        if (name == null) {
            name = find(address);
            if (name.isEmpty()) {
                return Carrier.UNKNOWN;
            }
            interfaces.put(address, name);
        }
        try {
            return Files.readString(NET.resolve(name).resolve("carrier")).startsWith("1") ? Carrier.UP : Carrier.DOWN;
        } catch (IOException _) {
            // Gone, or set down: sysfs then refuses to say. Under another name it is found again later.
            String other = find(address);
            if (!other.isEmpty() && !other.equals(name)) {
                interfaces.put(address, other);
            }
            return Carrier.DOWN;
        }
    }

    private static String find(String address) {
        try {
            NetworkInterface found = NetworkInterface.getByInetAddress(InetAddress.ofLiteral(address));
            return found == null ? "" : found.getName();
        } catch (SocketException | IllegalArgumentException _) {
            return "";
        }
    }
}
