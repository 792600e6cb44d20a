// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

import io.metalha.node.core.GroupId;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** What this node remembers of its groups, written on each change. One thread. */
public final class HistoryStore {
    private final Path file;
    private final StateWriter writer;
    private History history;

    public HistoryStore(Path file, StateWriter writer) {
        this.file = file;
        this.writer = writer;
        this.history = ConfigStore.read(file, History.class, History.EMPTY);
    }

    public History.Entry of(GroupId group) {
        return history.of(group.name());
    }

    public void change(GroupId group, UnaryOperator<History.Entry> change) {
        history = history.with(group.name(), change.apply(of(group)));
        writer.write(file, history);
    }
}
