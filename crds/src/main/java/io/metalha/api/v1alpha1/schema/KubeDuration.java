// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1.schema;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Kubernetes writes them: whole numbers with units, largest first ({@code 1h30m}, {@code 1s500ms}). */
public final class KubeDuration {
    /** What the API server checks too; the bound on digits keeps every value within a long of milliseconds. */
    public static final String PATTERN = "^([0-9]{1,9}(ms|s|m|h))+$";

    private static final Pattern WHOLE = Pattern.compile(PATTERN);
    private static final Pattern PART = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    private KubeDuration() {}

    /** Reads {@code 1h30m} and the like; throws {@link IllegalArgumentException} with a sentence on anything else. */
    public static Duration parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is no duration: write one such as 500ms, 5s or 1h30m");
        }
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            sum = sum.plus(ofUnit(Long.parseLong(part.group(1)), part.group(2)));
        }
        return sum;
    }

    /** Writes what {@link #parse} reads; parts below a millisecond are dropped. */
    public static String format(Duration duration) {
        if (duration.toMillis() == 0) {
            return "0s";
        }
        var text = new StringBuilder();
        append(text, duration.toHours(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toMillisPart(), "ms");
        return text.toString();
    }

    private static void append(StringBuilder text, long amount, String unit) {
        if (amount != 0) {
            text.append(amount).append(unit);
        }
    }

    private static Duration ofUnit(long amount, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    static final class Writer extends StdScalarSerializer<Duration> {
        private static final long serialVersionUID = 1;

        Writer() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(format(value));
        }

        @Override
        public void acceptJsonFormatVisitor(JsonFormatVisitorWrapper visitor, JavaType type)
                throws JsonMappingException {
            visitStringFormat(visitor, type);
        }
    }

    static final class Reader extends StdScalarDeserializer<Duration> {
        private static final long serialVersionUID = 1;

        Reader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser json, DeserializationContext context) throws IOException {
            try {
                return parse(json.getText());
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(json, e.getMessage(), e);
            }
        }
    }
}
