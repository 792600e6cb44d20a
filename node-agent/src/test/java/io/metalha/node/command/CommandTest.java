// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.local.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class CommandTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void statusReadsLikeSentences() throws IOException {
        int status = against(
                List.of("status"),
                Message.of("node", "name", "server1", "keeper", "up", "mirror", "up"),
                Message.of("peer", "name", "server2", "alive", false, "agent", "silent"),
                Message.of("group", "name", "db", "phase", "Running", "epoch", "3.1", "why", "it runs here"),
                Message.of("resource", "group", "db", "name", "mysql", "state", "FAILED", "error", "no answer"));
        assertEquals(CommandMain.ANSWERED, status);
        assertEquals("""
                server1: keeper up, mirror up
                  hears server2: NO, its agent is silent

                db: Running, epoch 3.1: it runs here
                  mysql            failed    no answer
                """, out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void explainTellsDecisionsWithWhatTheySaw() throws IOException {
        int status = against(
                List.of("explain", "db"),
                Message.of("because", "group", "db", "text", "Stay: it runs here"),
                Message.of(
                        "decided",
                        "group",
                        "db",
                        "first",
                        "10:00",
                        "last",
                        "10:05",
                        "times",
                        9,
                        "rule",
                        "Wait: held",
                        "rejected",
                        "server2 has no good copy",
                        "seen",
                        "server2 alive"));
        assertEquals(CommandMain.ANSWERED, status);
        assertEquals("""
                db
                  Stay: it runs here
                  10:00 to 10:05, 9 times
                    Wait: held
                    rejected: server2 has no good copy
                    seen: server2 alive
                """, out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void anUnknownGroupIsAnErrorOfItsOwn() throws IOException {
        int status = against(List.of("explain", "nix"), Message.of("error", "text", "this agent knows no group nix"));
        assertEquals(CommandMain.NO_ANSWER, status);
    }

    @Test
    void saysWhatToDoWhenNobodyListens() {
        assertEquals(CommandMain.UNREACHABLE, run(directory.resolve("nobody"), List.of("status")));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("systemctl status metalha-agent"));
    }

    @Test
    void wrongWordsShowTheUsage() {
        assertEquals(CommandMain.WRONG_WORDS, run(directory.resolve("nobody"), List.of("fail")));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("Usage: metalha-agent"));
        assertEquals(CommandMain.ANSWERED, run(directory.resolve("nobody"), List.of("--help")));
    }

    @Test
    void forceAsksAsItWasTyped() {
        assertEquals(
                "db server2 lost",
                ForceWords.read(List.of("db", "--confirm", "db", "--node", "server2", "--note", "lost"))
                        .map(question ->
                                question.get("confirm") + " " + question.get("node") + " " + question.get("note"))
                        .orElseThrow());
        assertEquals(CommandMain.ANSWERED, run(directory.resolve("nobody"), List.of("force-takeover", "--help")));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("split brain"));
        for (var wrong : List.of(List.of("db", "--confirm"), List.of("db", "--yes", "db"), List.<String>of())) {
            assertTrue(ForceWords.read(wrong).isEmpty(), wrong::toString);
        }
    }

    private int run(Path socket, List<String> words) {
        return CommandMain.run(socket, words, new PrintStream(out, true), new PrintStream(err, true));
    }

    /** A stand-in for the agent that answers one question. */
    private int against(List<String> words, Message... answer) throws IOException {
        Path socket = directory.resolve("agent.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofVirtual().start(() -> {
                try (SocketChannel channel = server.accept()) {
                    channel.read(ByteBuffer.allocate(1024));
                    var text = new StringBuilder();
                    for (Message line : answer) {
                        text.append(line.line()).append('\n');
                    }
                    text.append("end request=0\n");
                    channel.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            return run(socket, words);
        }
    }
}
