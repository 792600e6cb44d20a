// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.api.v1alpha1.OperationAnswer.Decided;
import java.util.List;

/** Answers as a person reads them, the words of {@code metalha-agent explain}. Pure. */
final class Explanation {
    private Explanation() {}

    static String of(OperationAnswer answer) {
        var text = new StringBuilder(answer.node());
        if (answer.answeredAt() != null) {
            text.append(" at ").append(answer.answeredAt());
        }
        text.append(":\n");
        if (answer.error() != null) {
            return text.append("  ").append(answer.error()).append('\n').toString();
        }
        answer.because().forEach(why -> text.append("  ").append(why).append('\n'));
        if (answer.leftOut() != null) {
            text.append("  (%d older decisions had no room here: metalha-agent explain on %s shows them)%n"
                    .formatted(answer.leftOut(), answer.node()));
        }
        answer.decisions().forEach(each -> append(text, each));
        return text.append('\n').toString();
    }

    private static void append(StringBuilder text, Decided decided) {
        text.append("  ").append(decided.first());
        if (decided.times() > 1) {
            text.append(" to ")
                    .append(decided.last())
                    .append(", ")
                    .append(decided.times())
                    .append(" times");
        }
        text.append("\n    ").append(decided.rule()).append('\n');
        append(text, "rejected", decided.rejected());
        append(text, "seen", decided.seen());
    }

    private static void append(StringBuilder text, String what, List<String> lines) {
        lines.forEach(line ->
                text.append("    ").append(what).append(": ").append(line).append('\n'));
    }

    /** Which nodes did not answer, and what to do then; empty where all did. */
    static String ofSilent(List<String> silent, String group, String waited) {
        return silent.isEmpty()
                ? ""
                : "%s did not answer within %s: its agent is down, does not reach the API server, or is of an older version. On the server: metalha-agent explain %s%n"
                        .formatted(String.join(", ", silent), waited, group);
    }
}
