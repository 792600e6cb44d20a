// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import io.metalha.e2e.evidence.Mark.Kind;
import io.metalha.e2e.lab.Journal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads from the keepers' journal lines when each began and ended to hold a group. */
public final class OwnerLog {
    private static final Pattern HOLDING =
            Pattern.compile("\\b(granted|lost|released)\\b.*?\\bgroup=(\\S+)", Pattern.CASE_INSENSITIVE);

    private OwnerLog() {}

    /** @param keeperLines lines of the keepers' units of all servers */
    public static List<Mark> marks(List<Journal.Line> keeperLines) {
        var marks = new ArrayList<Mark>();
        keeperLines.forEach(line -> mark(line).ifPresent(marks::add));
        return marks;
    }

    private static Optional<Mark> mark(Journal.Line line) {
        Matcher matcher = HOLDING.matcher(line.message());
        if (!matcher.find()) {
            return Optional.empty();
        }
        Kind kind = matcher.group(1).equalsIgnoreCase("granted") ? Kind.BEGIN : Kind.END;
        return Optional.of(new Mark(line.node(), matcher.group(2), line.nanos(), kind));
    }
}
