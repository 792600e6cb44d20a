// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import io.metalha.e2e.evidence.Mark.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A time in which a node might have had effects for a group; {@code endNanos} is {@link Long#MAX_VALUE} while it lasts. */
public record Span(String node, String group, long beginNanos, long endNanos) {

    private record Key(String node, String group) {}

    /**
     * Pairs each beginning with the next end of the same node and group. A second beginning without an end between
     * them (a keeper that resumed its lease) continues the span: the careful reading, for it can only find more overlap.
     */
    public static List<Span> of(List<Mark> marks) {
        Map<Key, Long> open = new HashMap<>();
        var spans = new ArrayList<Span>();
        var inOrder =
                marks.stream().sorted(Comparator.comparingLong(Mark::nanos)).toList();
        for (Mark mark : inOrder) {
            var key = new Key(mark.node(), mark.group());
            if (mark.kind() == Kind.BEGIN) {
                open.putIfAbsent(key, mark.nanos());
            } else {
                Long begin = open.remove(key);
                if (begin != null) {
                    spans.add(new Span(mark.node(), mark.group(), begin, mark.nanos()));
                }
            }
        }
        open.forEach((key, begin) -> spans.add(new Span(key.node(), key.group(), begin, Long.MAX_VALUE)));
        spans.sort(Comparator.comparingLong(Span::beginNanos));
        return spans;
    }

    boolean overlaps(Span other) {
        return beginNanos < other.endNanos && other.beginNanos < endNanos;
    }
}
