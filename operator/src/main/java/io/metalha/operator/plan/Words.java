// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import java.util.Locale;

/** How constants read to people. */
final class Words {
    private Words() {}

    /** {@code FORCE_TAKEOVER} as {@code ForceTakeover}, the way it stands in manifests. */
    static String of(Enum<?> constant) {
        var word = new StringBuilder();
        for (String part : constant.name().split("_", -1)) {
            word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
        }
        return word.toString();
    }
}
