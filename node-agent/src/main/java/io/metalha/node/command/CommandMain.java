// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.command;

import io.metalha.node.local.Message;
import io.metalha.node.mirror.disk.SavedBlocks;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code metalha-agent status | explain [GROUP] | force-takeover GROUP --confirm GROUP}. Exit status: 0 answered, 1 the agent knows no answer, 2 wrong words, 3 the agent does
 * not answer.
 */
public final class CommandMain {
    static final int ANSWERED = 0;
    static final int NO_ANSWER = 1;
    static final int WRONG_WORDS = 2;
    static final int UNREACHABLE = 3;

    static final String USAGE = """
            Usage: metalha-agent COMMAND

              status            this server, the machines it hears, its groups and their resources
              explain [GROUP]   where the group belongs and why: the decision now, and the last ones with what they saw
              force-takeover GROUP --confirm GROUP
                                start a group from this server's stale copy; --help tells what that risks
              write-saved FILE TARGET
                                write the blocks that gave way in a split brain into TARGET, a copy of the device
              help              this

            Asks the agent of this server over its local socket; no API server is needed. Root only. Exit status: 0 answered,
            1 the agent knows no such group, 2 wrong words, 3 the agent does not answer.
            """;

    private static final Path SOCKET = Path.of("/run/metalha/agent.sock");

    private CommandMain() {}

    public static void main(String[] words) {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(SOCKET, List.of(words), out, err));
    }

    static int run(Path socket, List<String> words, PrintStream out, PrintStream err) {
        String command = words.isEmpty() ? "help" : words.getFirst();
        switch (command) {
            case "help", "--help", "-h" -> {
                out.print(USAGE);
                return ANSWERED;
            }
            case "status" -> {
                return words.size() == 1 ? ask(socket, Message.of("status"), out, err) : wrong(err);
            }
            case "explain" -> {
                return switch (words.size()) {
                    case 1 -> ask(socket, Message.of("explain"), out, err);
                    case 2 -> ask(socket, Message.of("explain", "group", words.get(1)), out, err);
                    default -> wrong(err);
                };
            }
            case "write-saved" -> {
                return words.size() == 3
                        ? writeSaved(Path.of(words.get(1)), Path.of(words.get(2)), out, err)
                        : wrong(err);
            }
            case "force-takeover" -> {
                return ForceWords.read(words.subList(1, words.size()))
                        .map(question -> ask(socket, question, out, err))
                        .orElseGet(() -> force(words, out, err));
            }
            default -> {
                err.println("metalha-agent: unknown command '" + command + "'");
                return wrong(err);
            }
        }
    }

    private static int writeSaved(Path saved, Path target, PrintStream out, PrintStream err) {
        try {
            out.println(SavedBlocks.writeBack(saved, target) + " blocks of 4096 bytes written into " + target);
            return ANSWERED;
        } catch (IOException e) {
            err.println("metalha-agent: " + e.getMessage());
            return NO_ANSWER;
        }
    }

    private static int force(List<String> words, PrintStream out, PrintStream err) {
        boolean asked = words.contains("--help") || words.contains("-h");
        (asked ? out : err).print(ForceWords.USAGE);
        return asked ? ANSWERED : WRONG_WORDS;
    }

    private static int wrong(PrintStream err) {
        err.print(USAGE);
        return WRONG_WORDS;
    }

    private static int ask(Path socket, Message question, PrintStream out, PrintStream err) {
        try {
            List<Message> answer = Ask.agent(socket, question);
            out.print(Wording.of(answer));
            return answer.stream().anyMatch(line -> line.verb().equals("error")) ? NO_ANSWER : ANSWERED;
        } catch (IOException e) {
            err.println("metalha-agent: the agent does not answer on " + socket + " (" + e.getMessage()
                    + "): systemctl status metalha-agent; are you root?");
            return UNREACHABLE;
        }
    }
}
