// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.sql;

import static io.metalha.node.resource.HostCommand.await;
import static io.metalha.node.resource.HostCommand.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.core.NodeId;
import io.metalha.node.monitor.sql.SqlSettings.Endpoint;
import io.metalha.node.monitor.sql.SqlSettings.Level;
import io.metalha.node.monitor.sql.SqlSettings.Login;
import io.metalha.node.resource.HostCommand;
import io.metalha.node.resource.ResourceDriver.Probe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions on a real mariadbd of the test's own: root through the socket, a login over TCP, stalled, killed. */
class SqlMonitorIT {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final NodeId NODE = new NodeId("server1");

    @TempDir
    Path folder;

    private Process server;
    private Path socket;
    private int port;

    @BeforeEach
    void startServer() throws IOException {
        assumeTrue(
                HostCommand.isRoot() && HostCommand.exists("mariadbd") && HostCommand.exists("mariadb-install-db"),
                "needs root and mariadbd (package mariadb-server-core)");
        Path data = folder.resolve("data");
        run(
                "mariadb-install-db",
                "--no-defaults",
                "--user=root",
                "--datadir=" + data,
                "--auth-root-authentication-method=socket",
                "--skip-test-db");
        socket = folder.resolve("server.sock");
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        server = new ProcessBuilder(
                        "mariadbd",
                        "--no-defaults",
                        "--user=root",
                        "--datadir=" + data,
                        "--socket=" + socket,
                        "--bind-address=127.0.0.1",
                        "--port=" + port,
                        "--plugin-load-add=auth_socket",
                        "--innodb-buffer-pool-size=16M")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    @AfterEach
    void endServer() throws InterruptedException {
        if (server != null) {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void everyLevelWorksOnTheSocketAndOverTcp() {
        var rootOnSocket = new Endpoint.Local(socket);
        for (Level level : Level.values()) {
            SqlMonitor monitor = monitor(rootOnSocket, level, Optional.empty());
            await(BOUND, "the server answers", () -> monitor.check(BOUND) instanceof Probe.Running);
        }
        run(
                "mariadb",
                "--socket=" + socket,
                "-e",
                "CREATE USER metalha@'127.0.0.1' IDENTIFIED BY 'pass word';"
                        + " GRANT ALL ON metalha_monitor.* TO metalha@'127.0.0.1'");
        var overTcp = new Endpoint.Remote(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        assertEquals(
                new Probe.Running(),
                monitor(overTcp, Level.READ_WRITE, Optional.of(new Login("metalha", "pass word")))
                        .check(BOUND));
        var refused = assertInstanceOf(
                Probe.Failed.class,
                monitor(overTcp, Level.READ_WRITE, Optional.of(new Login("metalha", "wrong")))
                        .check(BOUND));
        assertTrue(refused.reason().contains("denied"), refused.reason());
        String beats = run("mariadb", "--socket=" + socket, "-Ne", "SELECT node, beat FROM metalha_monitor.heartbeat");
        assertEquals("server1\t2", beats.strip());
    }

    @Test
    void stalledServerIsNoticedByTheTimeoutAndKilledOneAtOnce() {
        SqlMonitor monitor = monitor(new Endpoint.Local(socket), Level.READ_WRITE, Optional.empty());
        await(BOUND, "the server answers", () -> monitor.check(BOUND) instanceof Probe.Running);
        long[] nanos = new long[21];
        for (int round = 0; round < nanos.length; round++) {
            long begin = System.nanoTime();
            assertEquals(new Probe.Running(), monitor.check(BOUND));
            nanos[round] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        System.out.println("SQL check median " + nanos[10] / 1_000 + " us, max " + nanos[20] / 1_000 + " us");

        run("kill", "-STOP", Long.toString(server.pid()));
        for (SqlMonitor each : List.of(
                monitor,
                monitor(
                        new Endpoint.Remote(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
                        Level.CONNECT,
                        Optional.of(new Login("root", ""))))) {
            long begin = System.nanoTime();
            var stalled = assertInstanceOf(Probe.Failed.class, each.check(Duration.ofMillis(400)));
            long millis = (System.nanoTime() - begin) / 1_000_000;
            assertTrue(millis < 2_000, "noticed after " + millis + " ms: " + stalled.reason());
        }
        run("kill", "-CONT", Long.toString(server.pid()));
        await(BOUND, "it answers again", () -> monitor.check(BOUND) instanceof Probe.Running);

        server.destroyForcibly();
        await(BOUND, "it is dead", () -> !server.isAlive());
        assertInstanceOf(Probe.Failed.class, monitor.check(BOUND));
    }

    private static SqlMonitor monitor(Endpoint endpoint, Level level, Optional<Login> login) {
        return new SqlMonitor(new SqlSettings(endpoint, level, login.map(each -> () -> each), NODE));
    }
}
