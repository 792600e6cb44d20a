// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.leasepage.LeasePage;
import io.metalha.node.linux.RawClock;
import io.metalha.node.local.LineClient;
import io.metalha.node.local.LineConnection;
import io.metalha.node.local.LineHandler;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** A mirror process with what a server puts around it: an agent that answers, a lease page that is renewed. */
final class MirrorNode implements AutoCloseable {
    static final String MIRROR = "iptv-db.data";
    static final GroupId GROUP = new GroupId("iptv-db");
    private static final long LEASE_NANOS = 500_000_000L;

    final int number;
    final Path dir;
    final Path backing;
    final String address;
    private final Register register;
    private final LeasePage leases;
    private final int slot;
    private final RawClock clock = new RawClock();
    private final Thread renewer = Thread.ofVirtual().unstarted(this::renew);
    private volatile Epoch held = Epoch.NONE;
    private volatile boolean closed;
    private Process process;
    private LineClient client;
    private final Map<String, Message> states = new ConcurrentHashMap<>();
    private Message configure;

    MirrorNode(int number, Path parent, Path backing, int port, Register register) throws IOException {
        this.number = number;
        this.dir = Files.createDirectories(parent.resolve("n" + number));
        this.backing = backing;
        this.address = "127.0.0.1:" + port;
        this.register = register;
        this.leases = LeasePage.writer(dir.resolve("leases"), number);
        this.slot = leases.claim(GROUP);
        renewer.start();
        start();
    }

    void start() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-XX:MaxDirectMemorySize=128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.metalha.node.mirror.MirrorMain",
                        dir.toString(),
                        dir.resolve("dev").toString(),
                        dir.resolve("saved").toString())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(dir.resolve("log").toFile()))
                .start();
        client = LineClient.open(dir.resolve("mirror.sock"), new LineHandler() {
            @Override
            public void connected(LineConnection connection) {
                connection.send(Message.of("hello"));
                if (configure != null) {
                    connection.send(configure);
                }
            }

            @Override
            public void received(LineConnection connection, Message line) {
                if (line.verb().equals("state")) {
                    states.put(line.get("mirror"), line);
                } else if (line.verb().equals("record")) {
                    boolean ok = register.record(held, line.get("copies"));
                    connection.send(Message.of("answer", "id", line.get("id"), "ok", ok, "reason", ""));
                }
            }

            @Override
            public void disconnected(LineConnection connection, String why) {
                states.clear();
            }
        });
        await("the socket", () -> client.isConnected());
    }

    Message configure(Path key, String peers) {
        configure = Message.of(
                "configure",
                "mirror",
                MIRROR,
                "group",
                GROUP,
                "backing",
                backing,
                "sizeBytes",
                0,
                "mode",
                "Sync",
                "peer",
                "other",
                "listen",
                address,
                "peers",
                peers,
                "keyFile",
                key,
                "create",
                "blank");
        return request(configure);
    }

    Message request(Message message) {
        try {
            return client.request(message, Duration.ofSeconds(20)).get();
        } catch (Exception e) {
            throw new AssertionError(e + "\n" + log(), e);
        }
    }

    /** Gets the lease, as far as the record allows, and promotes. */
    Message promote() {
        Epoch epoch = hold();
        return request(Message.of("promote", "mirror", MIRROR, "epoch", epoch));
    }

    /** As {@link #promote}, on a person's word. */
    Message forcePromote() {
        Epoch epoch = hold();
        client.send(Message.of("force", "mirror", MIRROR, "epoch", epoch));
        return request(Message.of("promote", "mirror", MIRROR, "epoch", epoch));
    }

    /** The one file of blocks that gave way here. */
    Path savedBlocks() throws IOException {
        try (var files = Files.list(dir.resolve("saved"))) {
            return files.findFirst().orElseThrow();
        }
    }

    Epoch hold() {
        held = register.grant(number);
        leases.publish(slot, held.counter(), held.voter(), clock.nanos() + LEASE_NANOS);
        return held;
    }

    void loseLease() {
        held = Epoch.NONE;
        leases.publish(slot, 0, 0, 0);
    }

    Message demote(boolean hard) {
        Message answer = request(Message.of("demote", "mirror", MIRROR, "hard", hard));
        if (answer.getBoolean("ok")) {
            loseLease();
        }
        return answer;
    }

    void peerAlive(boolean alive) {
        client.send(Message.of("peer", "mirror", MIRROR, "alive", alive));
    }

    int port() {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    Path device() {
        return dir.resolve("dev").resolve(MIRROR);
    }

    String state(String field) {
        Message state = states.get(MIRROR);
        return state == null ? "" : state.find(field).orElse("");
    }

    void awaitState(String field, String value) {
        await(field + "=" + value, () -> state(field).equals(value));
    }

    void await(String what, java.util.function.BooleanSupplier condition) {
        Await.until(
                Duration.ofSeconds(20),
                () -> "node " + number + ": " + what + "; state " + states.get(MIRROR) + "\n" + log(),
                condition);
    }

    /** Power loss, as far as a process can have one. */
    void kill() {
        loseLease();
        client.close();
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Process process() {
        return process;
    }

    String log() {
        try {
            String all = Files.readString(dir.resolve("log"));
            return all.substring(Math.max(0, all.length() - 4000));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void renew() {
        while (!closed) {
            Epoch now = held;
            if (!now.equals(Epoch.NONE)) {
                leases.publish(slot, now.counter(), now.voter(), clock.nanos() + LEASE_NANOS);
            }
            LockSupport.parkNanos(50_000_000L);
        }
    }

    @Override
    public void close() {
        closed = true;
        client.close();
        process.destroyForcibly();
        try {
            process.waitFor();
            renewer.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        for (String line :
                Shell.attempt("losetup", "-nO", "NAME,BACK-FILE").output().split("\n")) {
            if (line.contains(dir.toString())) {
                Shell.attempt("losetup", "-d", line.split(" ")[0]);
            }
        }
        for (String line : Shell.attempt("cat", "/proc/self/mounts").output().split("\n")) {
            if (line.split(" ").length > 1 && line.split(" ")[1].startsWith(dir.toString())) {
                Shell.attempt("umount", "-l", line.split(" ")[1]);
            }
        }
        leases.close();
    }
}
