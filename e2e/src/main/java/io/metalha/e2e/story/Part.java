// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

/**
 * One thing that happens in a step and is asserted.
 *
 * @param name what happens, as a person would tell it
 */
record Part(String name, Action action) {

    /** Plays the part; throws where what was promised did not happen. */
    interface Action {
        Measured play(Scene scene) throws Exception;
    }
}
