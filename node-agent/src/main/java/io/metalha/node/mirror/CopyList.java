// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.core.CopyEntry;
import java.util.List;
import java.util.stream.Collectors;

/** {@code data:copy:uptodate|outdated:generation,…} as docs/interfaces.md has it. */
final class CopyList {
    private CopyList() {}

    static String encode(List<CopyEntry> copies) {
        return copies.isEmpty()
                ? "-"
                : copies.stream()
                        .map(copy -> copy.data() + ":" + copy.copy() + (copy.upToDate() ? ":uptodate:" : ":outdated:")
                                + Long.toHexString(copy.generation()))
                        .collect(Collectors.joining(","));
    }
}
