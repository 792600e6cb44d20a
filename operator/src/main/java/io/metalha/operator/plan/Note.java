// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

/**
 * Something to tell in an event.
 *
 * @param severity {@code Normal} or {@code Warning}
 * @param reason   one CamelCase word
 * @param text     a sentence
 */
public record Note(Severity severity, String reason, String text) {
    /** How an event is shown. */
    public enum Severity {
        NORMAL("Normal"),
        WARNING("Warning");

        private final String word;

        Severity(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    static Note normal(String reason, String text) {
        return new Note(Severity.NORMAL, reason, text);
    }

    static Note warning(String reason, String text) {
        return new Note(Severity.WARNING, reason, text);
    }
}
