// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The registers as people may read them too, one line a group:
 *
 * <pre>{@code
 * 5d0e91c4a3b2f687 serial=3 promised=7.1 record=6.2/1 owner=2 leaseMillis=10000 renewal=9 released=false copies=DATA:COPY:uptodate:1a,…
 * }</pre>
 *
 * <p>A line has at most 180 characters and 110 a copy: 256 groups of 1024 copies in all are less than 160 000, where annotations may have 262 144.
 */
public final class RegistersText {
    private RegistersText() {}

    public static String write(Map<Long, Register> byGroup) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(byGroup).forEach((group, register) -> {
            GroupRecord record = register.record();
            text.append(Long.toHexString(group))
                    .append(" serial=")
                    .append(register.serial())
                    .append(" promised=")
                    .append(register.promised())
                    .append(" record=")
                    .append(record.epoch())
                    .append('/')
                    .append(record.sequence())
                    .append(" owner=")
                    .append(record.owner())
                    .append(" leaseMillis=")
                    .append(register.leaseMillis())
                    .append(" renewal=")
                    .append(register.renewal())
                    .append(" released=")
                    .append(register.released())
                    .append(" copies=")
                    .append(copies(record.copies()))
                    .append('\n');
        });
        return text.toString();
    }

    /** Throws IllegalArgumentException with a sentence: a text that is damaged in any part is none. */
    public static Map<Long, Register> parse(String text) {
        Map<Long, Register> byGroup = new TreeMap<>();
        text.lines().filter(line -> !line.isBlank()).forEach(line -> {
            String[] words = line.strip().split(" ");
            Map<String, String> fields = new TreeMap<>();
            for (int i = 1; i < words.length; i++) {
                int equals = words[i].indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("no register: " + line);
                }
                fields.put(words[i].substring(0, equals), words[i].substring(equals + 1));
            }
            byGroup.put(Long.parseUnsignedLong(words[0], 16), register(line, fields));
        });
        return byGroup;
    }

    private static Register register(String line, Map<String, String> fields) {
        String value = get(line, fields, "record");
        int slash = value.indexOf('/');
        if (slash < 1) {
            throw new IllegalArgumentException("no record: " + line);
        }
        return new Register(
                Long.parseLong(get(line, fields, "serial")),
                Epoch.parse(get(line, fields, "promised")),
                new GroupRecord(
                        Epoch.parse(value.substring(0, slash)),
                        Long.parseLong(value.substring(slash + 1)),
                        Integer.parseInt(get(line, fields, "owner")),
                        copies(get(line, fields, "copies"))),
                Integer.parseInt(get(line, fields, "leaseMillis")),
                Long.parseLong(get(line, fields, "renewal")),
                Boolean.parseBoolean(get(line, fields, "released")));
    }

    private static String get(String line, Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + "= is missing: " + line);
        }
        return value;
    }

    private static String copies(List<CopyEntry> copies) {
        if (copies.isEmpty()) {
            return "-";
        }
        List<String> all = new ArrayList<>();
        copies.forEach(copy -> all.add(copy.data() + ":" + copy.copy() + ":"
                + (copy.upToDate() ? "uptodate" : "outdated") + ":" + Long.toHexString(copy.generation())));
        return String.join(",", all);
    }

    private static List<CopyEntry> copies(String text) {
        if (text.equals("-")) {
            return List.of();
        }
        List<CopyEntry> copies = new ArrayList<>();
        for (String each : text.split(",")) {
            String[] parts = each.split(":");
            if (parts.length != 4 || !(parts[2].equals("uptodate") || parts[2].equals("outdated"))) {
                throw new IllegalArgumentException("no copy: " + each);
            }
            copies.add(new CopyEntry(
                    UUID.fromString(parts[0]),
                    UUID.fromString(parts[1]),
                    parts[2].equals("uptodate"),
                    Long.parseUnsignedLong(parts[3], 16)));
        }
        return copies;
    }
}
