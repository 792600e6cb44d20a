// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.OperationState;
import io.metalha.node.local.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** This node's copies of one group give way to the other side of a split brain: asked of the mirror process, whose answers are awaited. */
final class GivingWay {
    /** Saving gigabytes from a busy disk. */
    private static final Duration SAVED = Duration.ofMinutes(25);

    private final List<CompletableFuture<String>> answers;
    private String says = "";

    private GivingWay(List<CompletableFuture<String>> answers) {
        this.answers = answers;
    }

    static GivingWay begin(GroupRunner runner, AgentContext context) {
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (String mirror : runner.mirrors().inSplitBrain()) {
            Message line =
                    Message.of("yield", "mirror", MirrorSide.name(runner.id().name(), mirror));
            answers.add(context.mirror()
                    .request(line, SAVED)
                    .handle((answer, error) -> error != null
                            ? "failed: " + mirror + ": " + error.getMessage()
                            : (answer.getBoolean("ok") ? "" : "failed: ") + mirror + ": "
                                    + answer.find("reason").orElse("")));
        }
        return new GivingWay(answers);
    }

    /** Empty while some mirror has not answered. */
    Optional<OperationState> outcome() {
        if (answers.isEmpty()) {
            says =
                    "no mirror here has met a split brain since the mirror process began; the other side must be reachable";
            return Optional.of(OperationState.REFUSED);
        }
        if (!answers.stream().allMatch(CompletableFuture::isDone)) {
            return Optional.empty();
        }
        List<String> told = answers.stream().map(CompletableFuture::join).toList();
        says = String.join("; ", told);
        boolean failed = told.stream().anyMatch(text -> text.startsWith("failed: "));
        if (!failed) {
            says += "; the resync from the other side begins by itself";
        }
        return Optional.of(failed ? OperationState.FAILED : OperationState.SUCCEEDED);
    }

    String says() {
        return says;
    }
}
