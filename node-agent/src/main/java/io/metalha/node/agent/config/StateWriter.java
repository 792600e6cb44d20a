// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the agent's files off the deciding thread, for a disk may be slow; of one file only the newest content. */
public final class StateWriter {
    private final Map<Path, Object> waiting = new LinkedHashMap<>();

    public StateWriter() {
        Thread.ofVirtual().name("state-writer").start(this::run);
    }

    public void write(Path file, Object content) {
        synchronized (waiting) {
            waiting.put(file, content);
            waiting.notifyAll();
        }
    }

    private void run() {
        while (true) {
            Path file;
            @Nullable Object content;
            synchronized (waiting) {
                while (waiting.isEmpty()) {
                    try {
                        waiting.wait();
                    } catch (InterruptedException _) {
                        return;
                    }
                }
                file = waiting.keySet().iterator().next();
                content = waiting.remove(file);
            }
            if (content != null) {
                ConfigStore.write(file, content);
            }
        }
    }
}
