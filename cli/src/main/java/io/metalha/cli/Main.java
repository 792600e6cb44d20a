// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.metalha.cli.lint.LintCommand;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code kubectl metalha}. */
@Command(
        name = "kubectl-metalha",
        description = "What MetalHA does with your failover groups, and why.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {ExplainCommand.class, DescribeCommand.class, LintCommand.class, Main.Completion.class},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done",
            "1:there is no such object, or lint found errors",
            "2:wrong words",
            "3:some nodes did not answer in time (explain)",
            "4:the API server refuses, or cannot be reached"
        })
public final class Main implements Runnable {
    public static final int DONE = 0;
    public static final int FOUND = 1;
    public static final int INCOMPLETE = 3;
    public static final int NO_API = 4;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli, before anything runs
    private CommandSpec spec;

    public static void main(String[] words) {
        System.exit(commandLine().execute(words));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.getSubcommands().values().forEach(each -> each.getCommandSpec()
                .mixinStandardHelpOptions(true)
                .versionProvider(new Version()));
        line.setExecutionExceptionHandler((e, where, _) -> {
            if (e instanceof KubernetesClientException refused) {
                where.getErr().println("kubectl-metalha: " + Connection.inWords(refused));
                return NO_API;
            }
            throw e;
        });
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** From the jar's manifest; a build that was not packaged has none. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"kubectl-metalha " + (version == null ? "(not packaged)" : version)};
        }
    }

    enum Shell {
        bash,
        zsh
    }

    @Command(name = "completion", description = "Print a completion script: source <(kubectl-metalha completion bash)")
    static final class Completion implements Callable<Integer> {
        @ParentCommand
        @SuppressWarnings("NullAway.Init") // by picocli
        private Main parent;

        @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}")
        private Shell shell = Shell.bash;

        @Override
        public Integer call() {
            CommandLine whole = parent.spec.commandLine();
            // The script tells the shells apart itself and loads bashcompinit in zsh.
            String script = AutoComplete.bash("kubectl-metalha", whole);
            whole.getOut()
                    .println(
                            shell == Shell.zsh
                                    ? "autoload -Uz compinit && compinit" + System.lineSeparator() + script
                                    : script);
            whole.getOut().flush();
            return DONE;
        }
    }
}
