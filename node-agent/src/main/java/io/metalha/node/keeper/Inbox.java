// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.local.LineConnection;
import io.metalha.node.local.Message;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What other threads tell the keeper's loop. Bounded; what does not fit is refused to the one who says it. */
final class Inbox {
    private static final int INPUTS_MAX = 4096;

    /** One thing told. */
    sealed interface Input {
        /** A line on the local socket. */
        record Line(LineConnection from, Message message) implements Input {}

        /** A client of the local socket left. */
        record Gone(LineConnection connection) implements Input {}

        /** The first round of a group's stop list is over: its agent may be told. */
        record Ended(Runnable tell) implements Input {}
    }

    private final ArrayBlockingQueue<Input> inputs = new ArrayBlockingQueue<>(INPUTS_MAX);
    private volatile Runnable wake = () -> {};

    /** Who sleeps while the inbox is empty. */
    void onInput(Runnable newWake) {
        wake = newWake;
    }

    boolean offer(Input input) {
        boolean taken = inputs.offer(input);
        wake.run();
        return taken;
    }

    @Nullable
    Input poll() {
        return inputs.poll();
    }

    @Nullable
    Input poll(long millis) throws InterruptedException {
        return inputs.poll(millis, TimeUnit.MILLISECONDS);
    }
}
