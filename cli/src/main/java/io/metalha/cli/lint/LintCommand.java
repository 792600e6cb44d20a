// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli.lint;

import io.metalha.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lint -f FILE...}. */
@Command(
        name = "lint",
        description =
                "Check manifests without a cluster: what the API server and the operator would say of them, and the"
                        + " arithmetic of their timers.",
        footer = "%nWhat only a cluster knows is not checked: groups and addresses that are not in these files.")
public final class LintCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            arity = "1..*",
            required = true,
            description = "Manifests, YAML or JSON, several documents a file; -: standard input.")
    private List<String> files = List.of();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Lint lint;
        try {
            Map<String, String> contents = new LinkedHashMap<>();
            for (String file : files) {
                contents.put(file, read(file));
            }
            lint = Lint.of(contents);
        } catch (IOException e) {
            err.println("kubectl-metalha: cannot read " + e.getMessage());
            return Main.FOUND;
        }
        out.print(lint.arithmetic());
        out.flush();
        lint.notes().forEach(note -> err.println("note: " + note));
        lint.errors().forEach(error -> err.println("error: " + error));
        err.flush();
        return lint.errors().isEmpty() ? Main.DONE : Main.FOUND;
    }

    private static String read(String file) throws IOException {
        return file.equals("-")
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                : Files.readString(Path.of(file));
    }
}
