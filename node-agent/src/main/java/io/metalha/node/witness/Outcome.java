// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import io.metalha.node.lease.LeaseMessage;

/** What a request leads to at the object as it was seen. */
sealed interface Outcome {
    /** Nothing is said. */
    record Silent() implements Outcome {}

    /** Nothing is to be written. */
    record Said(LeaseMessage message) implements Outcome {}

    /** To be written, and then said. */
    record Changed(Register register, LeaseMessage message) implements Outcome {}

    /** To be written; nobody waits for an answer. */
    record Freed(Register register) implements Outcome {}
}
