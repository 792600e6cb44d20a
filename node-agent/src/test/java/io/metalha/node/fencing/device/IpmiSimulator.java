// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** OpenIPMI's ipmi_sim on a loopback port of its own: a management board whose server is a file that says 0 or 1. */
final class IpmiSimulator implements AutoCloseable {
    private final Path folder;
    private final Process process;
    private final int port;

    IpmiSimulator(Path folder, String user, String password) throws IOException {
        this.folder = folder;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(power(), "1");
        Path chassis = folder.resolve("chassis");
        // Called with "get power", "set power 0" and the like.
        Files.writeString(chassis, """
                #!/bin/sh
                case $1 in
                get)
                    shift
                    for what; do
                        case $what in power) echo "power:$(cat %1$s)" ;; *) echo "$what:0" ;; esac
                    done ;;
                set) [ "$2" = power ] && echo "$3" >%1$s ;;
                esac
                """.formatted(power()));
        if (!chassis.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + chassis + " executable");
        }
        Path configuration = folder.resolve("lan.conf");
        Files.writeString(configuration, """
                name "victim"
                set_working_mc 0x20
                  startlan 1
                    addr 127.0.0.1 %d
                    priv_limit admin
                    allowed_auths_callback none md2 md5 straight
                    allowed_auths_user none md2 md5 straight
                    allowed_auths_operator none md2 md5 straight
                    allowed_auths_admin none md2 md5 straight
                    guid a123456789abcdefa123456789abcdef
                  endlan
                  chassis_control "%s"
                  user 2 true "%s" "%s" admin 10 none md2 md5 straight
                """.formatted(port, chassis, user, password));
        Path commands = folder.resolve("sim.emu");
        Files.writeString(commands, """
                mc_setbmc 0x20
                mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02
                mc_enable 0x20
                """);
        process = new ProcessBuilder(
                        "ipmi_sim",
                        "-n",
                        "-c",
                        configuration.toString(),
                        "-f",
                        commands.toString(),
                        "-s",
                        folder.resolve("state").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("ipmi_sim.log").toFile())
                .start();
    }

    private Path power() {
        return folder.resolve("power");
    }

    int port() {
        return port;
    }

    boolean hasPower() throws IOException {
        return Files.readString(power()).strip().equals("1");
    }

    void turnOn() throws IOException {
        Files.writeString(power(), "1");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
        }
    }
}
