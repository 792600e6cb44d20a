// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.local;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One line on a local socket: a verb and fields, {@code verb key=value key=value}. Values are percent-encoded, so a line
 * has no surprise in it and can be typed by a person with socat. Unknown fields are ignored, which lets the parts of a
 * server be upgraded one after the other.
 */
public record Message(String verb, Map<String, String> fields) {
    /** A longer line is a fault of the sender; the reader closes the connection. */
    public static final int LINE_MAX_BYTES = 64 * 1024;

    public Message {
        fields = Map.copyOf(fields);
    }

    public static Message of(String verb, Object... keysAndValues) {
        Map<String, String> fields = LinkedHashMap.newLinkedHashMap(keysAndValues.length / 2);
        for (int i = 0; i + 1 < keysAndValues.length; i += 2) {
            fields.put(keysAndValues[i].toString(), keysAndValues[i + 1].toString());
        }
        return new Message(verb, fields);
    }

    public static Message parse(String line) {
        String[] words = line.strip().split(" +", -1);
        Map<String, String> fields = LinkedHashMap.newLinkedHashMap(words.length);
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("'" + words[i] + "' is not key=value in: " + line);
            }
            fields.put(
                    words[i].substring(0, equals),
                    URLDecoder.decode(words[i].substring(equals + 1), StandardCharsets.UTF_8));
        }
        return new Message(words[0], fields);
    }

    /** The field's value; an IllegalArgumentException names what is missing. */
    public String get(String key) {
        String value = fields.get(key);
        if (value == null) {
            throw new IllegalArgumentException(verb + " without " + key);
        }
        return value;
    }

    public Optional<String> find(String key) {
        return Optional.ofNullable(fields.get(key));
    }

    public long getLong(String key) {
        return Long.parseLong(get(key));
    }

    public boolean getBoolean(String key) {
        return Boolean.parseBoolean(get(key));
    }

    /** The line without its newline. Keys in alphabetical order, so that equal messages are equal lines. */
    public String line() {
        StringBuilder line = new StringBuilder(verb);
        fields.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(field -> line.append(' ')
                .append(field.getKey())
                .append('=')
                .append(URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8)));
        return line.toString();
    }
}
