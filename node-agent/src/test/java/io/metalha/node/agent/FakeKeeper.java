// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.local.LineConnection;
import io.metalha.node.local.LineHandler;
import io.metalha.node.local.LineServer;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A keeper that answers what it is asked, keeps what it heard, and says what the test wants. */
final class FakeKeeper implements AutoCloseable {
    final List<Message> heard = new CopyOnWriteArrayList<>();
    final AtomicReference<String> lastBlob = new AtomicReference<>("");
    final AtomicLong checkins = new AtomicLong();
    private final LineServer server;
    private final List<Message> leases;

    /** @param leases told after the welcome */
    FakeKeeper(Path socket, List<Message> leases) throws IOException {
        this.leases = leases;
        server = LineServer.listen(socket, new LineHandler() {
            @Override
            public void received(LineConnection from, Message message) {
                hear(from, message);
            }
        });
    }

    private void hear(LineConnection from, Message message) {
        if (message.verb().equals("blob")) {
            lastBlob.set(message.get("data"));
        }
        checkins.addAndGet(message.verb().equals("checkin") ? 1 : 0);
        if (!message.verb().equals("checkin") && !message.verb().equals("blob")) {
            heard.add(message);
        }
        switch (message.verb()) {
            case "hello" -> {
                from.send(Message.of("welcome", "session", "1", "voter", 1, "now", 1));
                leases.forEach(from::send);
            }
            case "stoplist" -> answer(from, message, "stoplisted");
            case "address" -> answer(from, message, "addressed");
            case "release" -> answer(from, message, "released");
            default -> {}
        }
    }

    private static void answer(LineConnection to, Message request, String verb) {
        to.send(Message.of(verb, "request", request.get("request"), "ok", true, "reason", ""));
    }

    void say(Message message) {
        server.broadcast(message);
    }

    boolean heard(String verb, String key, String value) {
        return heard.stream()
                .anyMatch(message -> message.verb().equals(verb)
                        && message.find(key).orElse("").equals(value));
    }

    @Override
    public void close() {
        server.close();
    }
}
