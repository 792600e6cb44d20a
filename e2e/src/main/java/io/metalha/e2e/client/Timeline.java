// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import java.util.ArrayList;
import java.util.List;

/** Every answer in the order of its end. Any thread may add and read. */
public final class Timeline {
    private final List<Answer> answers = new ArrayList<>();

    public synchronized void add(Answer answer) {
        answers.add(answer);
    }

    public synchronized List<Answer> all() {
        return List.copyOf(answers);
    }

    /** Answers that ended at or after {@code fromNanos}, and the last good one of the service before it. */
    public synchronized List<Answer> since(Answer.Service service, long fromNanos) {
        var found = new ArrayList<Answer>();
        for (int i = answers.size() - 1; i >= 0; i--) {
            Answer answer = answers.get(i);
            if (answer.service() != service) {
                continue;
            }
            found.add(answer);
            if (answer.endNanos() - fromNanos < 0 && answer.good()) {
                break;
            }
        }
        return List.copyOf(found.reversed());
    }
}
