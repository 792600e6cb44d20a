// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import java.util.List;

/** One of the story's ten steps. A part is played although the one before it failed, where the lab could be put right. */
record Step(int number, String name, List<Part> parts) {
    static Step of(int number, String name, Part... parts) {
        return new Step(number, name, List.of(parts));
    }
}
