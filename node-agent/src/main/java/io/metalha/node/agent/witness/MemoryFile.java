// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.witness;

import io.metalha.node.agent.config.DurableFile;
import io.metalha.node.witness.WitnessMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What this server remembers of the object: the uid, a line {@code group serial} each, and {@code end}.
 *
 * <p>A file that is there and cannot be read is not taken for none. Story, without: a block of it goes bad, the API server is restored, and the server believes
 * whatever the object shows.
 */
public final class MemoryFile {
    private static final String END = "end";

    private final Path file;

    public MemoryFile(Path file) {
        this.file = file;
    }

    WitnessMemory read() throws IOException {
        if (!Files.exists(file)) {
            return WitnessMemory.NOTHING;
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (lines.size() < 2 || !lines.getLast().equals(END)) {
            throw new IOException(file + " is damaged: remove it if this server's disk was replaced, and only then");
        }
        Map<Long, Long> serials = new TreeMap<>();
        for (String line : lines.subList(1, lines.size() - 1)) {
            String[] words = line.split(" ");
            try {
                serials.put(Long.parseUnsignedLong(words[0], 16), Long.parseLong(words[words.length - 1]));
            } catch (NumberFormatException e) {
                throw new IOException(file + " is damaged: " + line, e);
            }
        }
        return new WitnessMemory(lines.getFirst(), serials);
    }

    void write(WitnessMemory memory) throws IOException {
        StringBuilder text = new StringBuilder(memory.uid()).append('\n');
        memory.serials().forEach((group, serial) -> text.append(Long.toHexString(group))
                .append(' ')
                .append(serial)
                .append('\n'));
        DurableFile.replace(file, text.append(END).append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }
}
