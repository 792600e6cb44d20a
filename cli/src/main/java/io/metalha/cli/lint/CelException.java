// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli.lint;

/** A rule that cannot be read or evaluated here. */
final class CelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CelException(String message) {
        super(message);
    }
}
