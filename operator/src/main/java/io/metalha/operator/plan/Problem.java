// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

/**
 * Something that keeps a spec from being acted upon.
 *
 * @param reason   one CamelCase word, for conditions and metrics
 * @param sentence what is wrong and what to write instead
 * @param path     the field to look at
 */
public record Problem(String reason, String sentence, String path) {
    Problem(String reason, String sentence) {
        this(reason, sentence, "spec");
    }

    Problem at(String field) {
        return new Problem(reason, sentence, field);
    }
}
