// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.local.LineClient;
import io.metalha.node.local.LineConnection;
import io.metalha.node.local.LineHandler;
import io.metalha.node.local.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** An agent as keeper.sock sees it: it says what it wants on each connection, and checks in unless told to be silent. */
final class FakeAgent implements LineHandler, AutoCloseable {
    /** A line and when it came, by System.nanoTime. */
    record Heard(long nanos, Message message) {}

    private final List<Heard> heard = new ArrayList<>();
    private final List<Message> wants = new ArrayList<>();
    private final LineClient client;
    private final Thread beat;
    private volatile boolean silent;
    private Consumer<Message> also = _ -> {};

    FakeAgent(Path socket, Message... wants) {
        this.wants.addAll(List.of(wants));
        client = LineClient.open(socket, this);
        beat = Thread.ofVirtual().start(this::checkIn);
    }

    private void checkIn() {
        try {
            while (true) {
                Thread.sleep(200);
                if (!silent) {
                    client.send(Message.of("checkin"));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void connected(LineConnection connection) {
        connection.send(Message.of("hello", "role", "agent"));
        synchronized (this) {
            wants.forEach(connection::send);
        }
    }

    @Override
    public synchronized void received(LineConnection connection, Message message) {
        heard.add(new Heard(System.nanoTime(), message));
        also.accept(message);
        notifyAll();
    }

    /** Each line is handed on too; must not wait. */
    synchronized void handOn(Consumer<Message> to) {
        also = to;
    }

    synchronized void want(Message want) {
        wants.clear();
        wants.add(want);
        client.send(want);
    }

    void send(Message message) {
        client.send(message);
    }

    void silence() {
        silent = true;
    }

    Message ask(Message request) throws Exception {
        return client.request(request, Duration.ofSeconds(10)).get();
    }

    synchronized int mark() {
        return heard.size();
    }

    synchronized List<Heard> since(int mark) {
        return List.copyOf(heard.subList(mark, heard.size()));
    }

    Heard await(int mark, String verb) throws InterruptedException {
        return await(mark, message -> message.verb().equals(verb), verb);
    }

    /** The first such line since the mark. */
    synchronized Heard await(int mark, Predicate<Message> wanted, String what) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        int from = mark;
        while (true) {
            for (; from < heard.size(); from++) {
                if (wanted.test(heard.get(from).message())) {
                    return heard.get(from);
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("no '" + what + "' within 20 s, but: " + heard.subList(mark, heard.size()));
            }
            wait(Math.max(1, left / 1_000_000));
        }
    }

    @Override
    public void close() {
        beat.interrupt();
        client.close();
    }
}
