// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

/** What a fence agent made of an action. */
public sealed interface Answer {
    /** It says that it did what it was told. */
    record Done() implements Answer {}

    /** Asked for the status: the server has power. */
    record On() implements Answer {}

    /** Asked for the status: the server has none. */
    record Off() implements Answer {}

    /** Anything else; nothing is known. {@code reason} is free of secrets. */
    record Failed(String reason) implements Answer {}
}
