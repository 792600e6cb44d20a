// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import io.metalha.node.resource.HostCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** sushy-tools' sushy-emulator with its fake driver, over TLS on a loopback port of its own: a board that speaks Redfish. */
final class RedfishSimulator implements AutoCloseable {
    static final String SYSTEM = "/redfish/v1/Systems/27946b59-9e44-4fa7-8e91-f3527a1ef094";
    static final String USER = "metalha";
    static final String PASSWORD = "pw-of-the-board2";

    /** Of {@link #PASSWORD}, by bcrypt with the least work. */
    private static final String PASSWORD_HASH = "$2b$04$SRpEUjhiqsDsCfAeT5/pQOVaoKu3536OtimsCJgXABa/98QK1ZjGO";

    private final Process process;
    private final int port;

    RedfishSimulator(Path folder) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path key = folder.resolve("key.pem");
        Path certificate = folder.resolve("certificate.pem");
        HostCommand.run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=board",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString());
        Files.writeString(folder.resolve("users"), USER + ":" + PASSWORD_HASH + "\n");
        Path configuration = folder.resolve("emulator.conf");
        Files.writeString(configuration, """
                SUSHY_EMULATOR_STATE_DIR = '%1$s'
                SUSHY_EMULATOR_AUTH_FILE = '%1$s/users'
                SUSHY_EMULATOR_FAKE_SYSTEMS = [{'uuid': '27946b59-9e44-4fa7-8e91-f3527a1ef094', 'name': 'victim',
                    'power_state': 'On', 'external_notifier': False, 'nics': []}]
                """.formatted(folder));
        process = new ProcessBuilder(
                        "sushy-emulator",
                        "--fake",
                        "--config",
                        configuration.toString(),
                        "-i",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(port),
                        "--ssl-certificate",
                        certificate.toString(),
                        "--ssl-key",
                        key.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("emulator.log").toFile())
                .start();
    }

    int port() {
        return port;
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
