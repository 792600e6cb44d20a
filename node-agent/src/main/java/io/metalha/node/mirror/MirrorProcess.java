// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.core.Epoch;
import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.local.LineConnection;
import io.metalha.node.local.LineHandler;
import io.metalha.node.local.LineServer;
import io.metalha.node.local.Message;
import io.metalha.node.mirror.wire.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Serves {@code mirror.sock} and every mirror that is configured there. An agent that goes away changes nothing. */
final class MirrorProcess implements LineHandler, AutoCloseable {
    static final long TICK_NANOS = 25_000_000;

    private final MirrorPaths paths;
    private final MonotonicClock clock;
    private final SecureRandom random = new SecureRandom();
    private final long session = nextRandom();
    private final Map<String, Mirror> mirrors = new ConcurrentHashMap<>();
    private final Map<String, Acceptor> acceptors = new HashMap<>();
    private final ExecutorService requests = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("mirror-requests").factory());
    private final LineServer server;
    private volatile boolean closed;

    MirrorProcess(MirrorPaths paths, MonotonicClock clock) throws IOException {
        this.paths = paths;
        this.clock = clock;
        Files.createDirectories(paths.nbdDirectory());
        server = LineServer.listen(paths.control(), this);
        Thread.ofPlatform().daemon().name("mirror-ticker").start(this::ticks);
        Thread.ofPlatform().daemon().name("mirror-listener").start(this::listens);
    }

    private void ticks() {
        while (!closed) {
            mirrors.values().forEach(Mirror::tick);
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    private void listens() {
        while (!closed) {
            mirrors.values().forEach(Mirror::listen);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Link.TICK_MILLIS));
        }
    }

    @Override
    public void received(LineConnection from, Message line) {
        requests.execute(() -> {
            try {
                handle(from, line);
            } catch (IllegalArgumentException e) {
                refuse(from, line, String.valueOf(e.getMessage()));
            }
        });
    }

    private void handle(LineConnection from, Message line) {
        switch (line.verb()) {
            case "hello" -> {
                from.send(Message.of("welcome", "session", Long.toHexString(session)));
                mirrors.values().forEach(mirror -> mirror.greet(from::send));
            }
            case "configure" -> configure(from, line);
            case "promote" -> mirror(line).promote(token(from, line), Epoch.parse(line.get("epoch")));
            case "yield" -> mirror(line).giveWay(token(from, line));
            case "force" -> mirror(line).force(Epoch.parse(line.get("epoch")));
            case "demote" ->
                mirror(line)
                        .demote(
                                token(from, line),
                                line.find("hard").orElse("false").equals("true"));
            case "peer" -> mirror(line).peerAlive(line.getBoolean("alive"));
            case "answer" ->
                mirrors.values()
                        .forEach(mirror -> mirror.answerRecord(
                                line.getLong("id"),
                                line.getBoolean("ok"),
                                line.find("reason").orElse("")));
            case "drop" -> drop(from, line);
            default -> throw new IllegalArgumentException("unknown verb '" + line.verb() + "'");
        }
    }

    private Mirror mirror(Message line) {
        Mirror found = mirrors.get(line.get("mirror"));
        if (found == null) {
            throw new IllegalArgumentException("no mirror '" + line.get("mirror") + "' is configured");
        }
        return found;
    }

    private void configure(LineConnection from, Message line) {
        MirrorConfig config = MirrorConfig.of(line);
        try {
            Mirror mirror = mirrors.get(config.name());
            if (mirror != null && !mirror.config().isSameDisk(config)) {
                if (mirror.isPrimary()) {
                    throw new IOException(config.name() + " is Primary on "
                            + mirror.config().backing() + "; demote it before it is changed");
                }
                mirrors.remove(config.name());
                mirror.close();
                mirror = null;
            }
            listen(config);
            if (mirror == null) {
                mirror = open(config);
                mirrors.put(config.name(), mirror);
            } else {
                mirror.reconfigure(config);
            }
            answer(
                    from,
                    line,
                    Message.of(
                            "configured",
                            "ok",
                            true,
                            "reason",
                            "",
                            "data",
                            mirror.copy().superblock().data(),
                            "copy",
                            mirror.copy().superblock().copy()));
            mirror.greet(from::send);
        } catch (IOException e) {
            answer(from, line, Message.of("configured", "ok", false, "reason", String.valueOf(e.getMessage())));
        }
    }

    private Mirror open(MirrorConfig config) throws IOException {
        Copy copy = Copy.open(config, paths.leasePage(), clock);
        Device device =
                new Device(paths, config.name(), copy.data(), copy.superblock().sizeBytes());
        return new Mirror(config, copy, device, clock, this::nextRandom, paths.saved(), new Outlet() {
            @Override
            public void answer(String request, Message message) {
                reply(request, message);
            }

            @Override
            public void push(Message message) {
                server.broadcast(message);
            }
        });
    }

    private void listen(MirrorConfig config) throws IOException {
        for (String address : config.listen()) {
            if (!acceptors.containsKey(address)) {
                acceptors.put(address, new Acceptor(address, this::find));
            }
        }
    }

    private @Nullable Mirror find(String name) {
        return mirrors.get(name);
    }

    private void drop(LineConnection from, Message line) {
        Mirror mirror = mirrors.get(line.get("mirror"));
        if (mirror != null && mirror.isPrimary()) {
            answer(from, line, Message.of("dropped", "ok", false, "reason", "it is Primary; demote it first"));
            return;
        }
        if (mirror != null) {
            mirrors.remove(line.get("mirror"));
            mirror.close();
        }
        answer(from, line, Message.of("dropped", "ok", true, "reason", ""));
    }

    /** Requests that are answered later: who asked, and their number. */
    private final Map<String, Asked> asked = new ConcurrentHashMap<>();

    private record Asked(LineConnection from, String request) {}

    private String token(LineConnection from, Message line) {
        String token = Long.toHexString(nextRandom());
        asked.put(token, new Asked(from, line.find("request").orElse("")));
        return token;
    }

    private void reply(String token, Message message) {
        Asked who = asked.remove(token);
        if (who != null) {
            who.from.send(with(message, "request", who.request));
        }
    }

    private static void answer(LineConnection to, Message request, Message message) {
        to.send(with(message, "request", request.find("request").orElse("")));
    }

    private static void refuse(LineConnection to, Message line, String why) {
        String verb =
                switch (line.verb()) {
                    case "configure" -> "configured";
                    case "promote" -> "promoted";
                    case "demote" -> "demoted";
                    case "yield" -> "yielded";
                    case "drop" -> "dropped";
                    default -> "refused";
                };
        answer(to, line, Message.of(verb, "ok", false, "reason", why));
    }

    private static Message with(Message message, String key, String value) {
        Map<String, String> fields = new LinkedHashMap<>(message.fields());
        fields.put(key, value);
        return new Message(message.verb(), fields);
    }

    private long nextRandom() {
        long next = random.nextLong();
        return next == 0 ? 1 : next;
    }

    boolean hasPrimary() {
        return mirrors.values().stream().anyMatch(Mirror::isPrimary);
    }

    @Override
    public void close() {
        closed = true;
        requests.shutdown();
        server.close();
        acceptors.values().forEach(Acceptor::close);
        mirrors.values().forEach(Mirror::close);
    }
}
