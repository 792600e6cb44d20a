// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

/** Refusals used in more than one place. Fixed texts: the API server refuses message expressions as too costly. */
final class Sentences {
    static final String NAME =
            "metadata.name must be 1 to 63 lower-case letters, digits or '-', beginning and ending with a letter or digit:"
                    + " choose a shorter or plainer name";
    static final String LABEL = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";

    private Sentences() {}
}
