// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.api.v1alpha1.schema.KubeDuration;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code explain GROUP}. */
@Command(
        name = "explain",
        description =
                "Why a group is where it is: the last decisions of each of its nodes, with what was seen, the rule"
                        + " used and the alternatives rejected.",
        footer = "%nThe nodes answer through the API server. Exit status 3: some did not in time.")
final class ExplainCommand implements Callable<Integer> {
    enum Output {
        text,
        json
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Mixin
    private Connection connection = new Connection();

    @Parameters(paramLabel = "GROUP", description = "The ClusterGroup.")
    private String group = "";

    @Option(
            names = {"-o", "--output"},
            description = "One of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Output output = Output.text;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "How long to wait for answers, such as 500ms or 1m. Default: ${DEFAULT-VALUE}.")
    private String timeout = "10s";

    @Override
    public Integer call() throws JsonProcessingException {
        Duration bound = bound();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (KubernetesClient client = connection.open()) {
            String namespace = Connection.namespace(client);
            ClusterGroup found = client.resources(ClusterGroup.class)
                    .inNamespace(namespace)
                    .withName(group)
                    .get();
            if (found == null) {
                err.printf("kubectl-metalha: there is no ClusterGroup %s in namespace %s%n", group, namespace);
                return Main.FOUND;
            }
            return ask(found, client, bound, out, err);
        }
    }

    private Duration bound() {
        try {
            return KubeDuration.parse(timeout);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--timeout: " + e.getMessage(), e);
        }
    }

    private int ask(ClusterGroup found, KubernetesClient client, Duration bound, PrintWriter out, PrintWriter err)
            throws JsonProcessingException {
        try (Asking asking = Asking.about(found, client)) {
            Map<String, OperationAnswer> answers = asking.await(bound, answer -> {
                if (output == Output.text) {
                    out.print(Explanation.of(answer));
                    out.flush();
                }
            });
            List<String> silent = asking.silent(answers);
            if (output == Output.json) {
                Map<String, Object> whole = new LinkedHashMap<>();
                whole.put("group", group);
                whole.put("answers", answers.values());
                whole.put("silent", silent);
                out.println(new ObjectMapper()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .writeValueAsString(whole));
                out.flush();
            }
            err.print(Explanation.ofSilent(silent, group, timeout));
            err.flush();
            return silent.isEmpty() ? Main.DONE : Main.INCOMPLETE;
        }
    }
}
