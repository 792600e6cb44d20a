// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import java.util.Locale;

/** The story's assertions: plain, so that the story also runs without a test framework. */
final class Expect {
    private Expect() {}

    /** A promise was not kept. */
    static final class BrokenException extends RuntimeException {
        private static final long serialVersionUID = 1;

        BrokenException(String message) {
            super(message);
        }
    }

    static void that(boolean kept, String otherwise, Object... arguments) {
        if (!kept) {
            throw new BrokenException(arguments.length == 0 ? otherwise : String.format(otherwise, arguments));
        }
    }

    static void contains(String text, String part, String where) {
        that(
                text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT)),
                "%s does not say '%s'; it says: %s",
                where,
                part,
                text.strip());
    }
}
