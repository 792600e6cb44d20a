// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A resync as the source's mirror tells it in its journal.
 *
 * @param comparedBytes what was marked as possibly different, and compared by digests
 * @param sentBytes what did differ, and was sent
 * @param diskBytes the whole disk
 */
public record ResyncLog(long comparedBytes, long sentBytes, long diskBytes) {
    private static final String WORDS =
            ": resync finished: compared (\\d+) bytes, sent (\\d+) bytes in \\d+ ms, disk (\\d+) bytes";

    /** @param text the journal of the mirror's unit, a message a line; the oldest resync comes first */
    public static List<ResyncLog> of(String mirror, String text) {
        Pattern line = Pattern.compile(Pattern.quote(mirror) + WORDS);
        return line.matcher(text)
                .results()
                .map(found -> new ResyncLog(
                        Long.parseLong(found.group(1)), Long.parseLong(found.group(2)), Long.parseLong(found.group(3))))
                .toList();
    }
}
