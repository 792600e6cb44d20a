// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.command;

import io.metalha.node.local.Message;
import java.util.List;
import java.util.Locale;

/** The agent's lines as a person reads them. Pure. */
final class Wording {
    private Wording() {}

    static String of(List<Message> lines) {
        var text = new StringBuilder();
        String group = "";
        for (Message line : lines) {
            String of = line.find("group").orElse("");
            boolean ofGroup = line.verb().equals("because") || line.verb().equals("decided");
            if (ofGroup && !of.equals(group)) {
                group = of;
                text.append(group).append('\n');
            }
            text.append(of(line));
        }
        return text.toString();
    }

    private static String of(Message line) {
        return switch (line.verb()) {
            case "node" ->
                "%s: keeper %s, mirror %s%n".formatted(line.get("name"), line.get("keeper"), line.get("mirror"));
            case "peer" ->
                "  hears %s: %s, its agent is %s%n"
                        .formatted(line.get("name"), line.getBoolean("alive") ? "yes" : "NO", line.get("agent"));
            case "group" ->
                "%n%s: %s, epoch %s: %s%n"
                        .formatted(line.get("name"), line.get("phase"), line.get("epoch"), line.get("why"));
            case "resource" ->
                "  %-16s %-9s %s"
                                .formatted(
                                        line.get("name"),
                                        line.get("state").toLowerCase(Locale.ROOT),
                                        line.find("error").orElse(""))
                                .stripTrailing()
                        + System.lineSeparator();
            case "because" -> "  " + line.get("text") + System.lineSeparator();
            case "decided" -> decided(line);
            case "error", "told" -> line.get("text") + System.lineSeparator();
            default -> line.line() + System.lineSeparator();
        };
    }

    private static String decided(Message line) {
        String times = line.get("times");
        String span = times.equals("1")
                ? line.get("first")
                : line.get("first") + " to " + line.get("last") + ", " + times + " times";
        String rejected = line.find("rejected").orElse("");
        String seen = line.find("seen").orElse("");
        return "  %s%n    %s%n".formatted(span, line.get("rule"))
                + (rejected.isEmpty() ? "" : "    rejected: %s%n".formatted(rejected))
                + (seen.isEmpty() ? "" : "    seen: %s%n".formatted(seen));
    }
}
