// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.core;

import java.util.regex.Pattern;

/** The one rule for names: RFC 1123 labels, as Kubernetes has them. */
final class Names {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private Names() {}

    static void requireLabel(String name, String what) {
        if (!LABEL.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what + " '" + name
                            + "' must be 1 to 63 lower-case letters, digits or '-', beginning and ending with a letter or digit");
        }
    }
}
