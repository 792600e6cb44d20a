// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Network.Ipam;
import io.metalha.e2e.client.Answer.Service;
import io.metalha.e2e.evidence.LostRows;
import io.metalha.e2e.evidence.Outage;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;

/** Goal: the client's own figures can be trusted, against a real MariaDB and a real Apache of the lab's image that fail. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoadClientIT {
    private static final String IMAGE = "metalha-lab-server:latest";
    private static final String SUBNET = "198.18.30.0/24";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SERVE = """
            set -e
            mkdir -p /run/mysqld /var/www/html && chown mysql /run/mysqld
            echo "CREATE DATABASE IF NOT EXISTS iptv;" >/tmp/init.sql
            echo "CREATE USER IF NOT EXISTS iptv@'%' IDENTIFIED BY 'iptv';" >>/tmp/init.sql
            echo "GRANT ALL ON iptv.* TO iptv@'%';" >>/tmp/init.sql
            echo alive >/var/www/html/alive.txt
            apachectl start
            exec mariadbd --user=mysql --bind-address=0.0.0.0 --skip-name-resolve --init-file=/tmp/init.sql
            """;

    private Network network;
    private GenericContainer<?> server;
    private String address;

    @BeforeAll
    void start() {
        network = Network.builder()
                .createNetworkCmdModifier(command -> command.withInternal(true)
                        .withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(SUBNET))))
                .build();
        server = new GenericContainer<>(IMAGE)
                .withImagePullPolicy(_ -> false)
                .withNetwork(network)
                .withCommand("bash", "-c", SERVE)
                .waitingFor(Wait.forLogMessage(".*ready for connections.*", 1).withStartupTimeout(SOON));
        server.start();
        address = server.getContainerInfo()
                .getNetworkSettings()
                .getNetworks()
                .values()
                .iterator()
                .next()
                .getIpAddress();
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.stop();
        }
        if (network != null) {
            network.close();
        }
    }

    @Test
    void measuresWhatAPausedServerWasAwayAndMissesNoRow(@TempDir Path directory) throws Exception {
        var database = new Database(address, 3306, "iptv", "iptv", "iptv");
        var pages = List.of(new Page("/alive.txt", new Page.Containing("alive")));
        var web = new InetSocketAddress(address, 80);
        try (var client = new LoadClient(database, web, "portal", pages, directory.resolve("events.jsonl"))) {
            await(() -> client.timeline().all().size() > 50
                    && good(client, Service.SQL, 0)
                    && good(client, Service.HTTP, 0));

            long paused = RawClock.nanos();
            server.getDockerClient().pauseContainerCmd(server.getContainerId()).exec();
            await(() -> RawClock.nanos() - paused > Duration.ofSeconds(1).toNanos());
            server.getDockerClient()
                    .unpauseContainerCmd(server.getContainerId())
                    .exec();
            long resumed = RawClock.nanos();
            await(() -> good(client, Service.SQL, resumed) && good(client, Service.HTTP, resumed));

            for (Service service : Service.values()) {
                long outage = Outage.longest(client.timeline().since(service, paused), paused)
                        .orElseThrow()
                        .millis();
                assertTrue(outage >= 900 && outage < 3000, service + " was away for " + outage + " ms");
            }
            LostRows rows = client.lostRows();
            assertEquals(0, rows.lost());
            assertTrue(rows.acknowledged() > 0, rows::toString);
        }
    }

    private static boolean good(LoadClient client, Service service, long since) {
        return client.timeline().all().stream()
                .anyMatch(answer -> answer.service() == service && answer.good() && answer.startNanos() > since);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "did not happen within " + SOON);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
