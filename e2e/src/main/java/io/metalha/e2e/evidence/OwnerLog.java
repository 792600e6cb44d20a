// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import io.metalha.e2e.evidence.Mark.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads from a keeper's journal when it began and ended to hold a group; it writes its own clock into each line. */
public final class OwnerLog {
    private static final Pattern HOLDING = Pattern.compile("\\braw=(\\d+) group (\\S+): "
            + "(held under epoch|no longer held|released)(?:.*, usable until raw=(\\d+))?");

    private OwnerLog() {}

    /** @param text the journal of the keeper's unit, a message a line */
    public static List<Mark> marks(String node, String text) {
        var marks = new ArrayList<Mark>();
        text.lines().forEach(line -> {
            Matcher matcher = HOLDING.matcher(line);
            if (matcher.find()) {
                Kind kind = matcher.group(3).startsWith("held") ? Kind.BEGIN : Kind.END;
                marks.add(new Mark(node, matcher.group(2), when(matcher), kind));
            }
        });
        return marks;
    }

    /** The line's own time, or the earlier one at which the lease had ended before a keeper that stood still could say so. */
    private static long when(Matcher matcher) {
        long line = Long.parseLong(matcher.group(1));
        return matcher.group(4) == null ? line : Math.min(line, Long.parseLong(matcher.group(4)));
    }
}
