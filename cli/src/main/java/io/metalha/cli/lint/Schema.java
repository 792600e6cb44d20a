// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What the API server says of one object: its structural schema, then its rules, in the CRD's own sentences.
 * (kubernetes.io, "Extend the Kubernetes API with CustomResourceDefinitions": pruning, defaulting, validation.)
 */
final class Schema {
    /** What each object has, and the API server checks without the CRD. */
    private static final Set<String> EVERY_OBJECT = Set.of("apiVersion", "kind", "metadata");

    private final List<Finding> findings = new ArrayList<>();

    private Schema() {}

    /** Fills in the defaults, as the API server does before it checks. */
    static List<Finding> check(JsonNode object, JsonNode schema) {
        Schema check = new Schema();
        check.walk(object, schema, "");
        return check.findings;
    }

    private void walk(JsonNode value, JsonNode schema, String path) {
        String type = schema.path("type").asText();
        if (!isOf(type, value)) {
            add(path, "must be of type " + type + ", and is " + value);
            return;
        }
        int before = findings.size();
        switch (type) {
            case "object" -> object((ObjectNode) value, schema, path);
            case "array" -> array(value, schema, path);
            case "string" -> text(value.asText(), schema, path);
            default -> number(value, schema, path);
        }
        oneOf(value, schema, path);
        // The API server too evaluates rules only on what has the right shape.
        if (findings.size() == before) {
            schema.path("x-kubernetes-validations").forEach(rule -> rule(value, rule, path));
        }
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> true;
        };
    }

    private void object(ObjectNode value, JsonNode schema, String path) {
        JsonNode known = schema.path("properties");
        JsonNode others = schema.path("additionalProperties");
        known.properties().forEach(each -> {
            if (!value.has(each.getKey()) && each.getValue().has("default")) {
                value.set(each.getKey(), each.getValue().get("default").deepCopy());
            }
        });
        schema.path("required").forEach(name -> {
            if (!value.hasNonNull(name.asText())) {
                add(child(path, name.asText()), "is missing");
            }
        });
        most(value.size(), schema, "maxProperties", path, "must have at most %d properties");
        value.properties().forEach(each -> {
            String at = child(path, each.getKey());
            if (known.has(each.getKey())) {
                if (!each.getValue().isNull()) {
                    walk(each.getValue(), known.get(each.getKey()), at);
                }
            } else if (others.isObject()) {
                walk(each.getValue(), others, at);
            } else if (!known.isMissingNode() && !(path.isEmpty() && EVERY_OBJECT.contains(each.getKey()))) {
                add(at, "there is no such field: here are " + names(known));
            }
        });
    }

    private static String names(JsonNode properties) {
        return new TreeSet<>(
                        properties.properties().stream().map(Map.Entry::getKey).toList())
                .stream().collect(Collectors.joining(", "));
    }

    private void array(JsonNode value, JsonNode schema, String path) {
        most(value.size(), schema, "maxItems", path, "must have at most %d items");
        if (schema.has("minItems") && value.size() < schema.get("minItems").asInt()) {
            add(path, "must have at least " + schema.get("minItems") + " items");
        }
        Set<Object> keys = new HashSet<>();
        for (int i = 0; i < value.size(); i++) {
            String at = path + "[" + i + "]";
            walk(value.get(i), schema.path("items"), at);
            JsonNode item = value.get(i);
            List<JsonNode> key = StreamSupport.stream(
                            schema.path("x-kubernetes-list-map-keys").spliterator(), false)
                    .map(name -> item.path(name.asText()))
                    .toList();
            if (!key.isEmpty() && !keys.add(key)) {
                add(at, "Duplicate value: " + key.getFirst() + " stands before already");
            }
        }
    }

    private void text(String value, JsonNode schema, String path) {
        most(value.codePointCount(0, value.length()), schema, "maxLength", path, "may be %d characters long");
        if (value.length() < schema.path("minLength").asInt(0)) {
            add(path, "must be at least " + schema.get("minLength") + " characters long");
        }
        if (schema.has("pattern")
                && !Pattern.compile(schema.get("pattern").asText())
                        .matcher(value)
                        .find()) {
            add(path, "'" + value + "' does not match " + schema.get("pattern").asText());
        }
    }

    private void number(JsonNode value, JsonNode schema, String path) {
        if (schema.has("minimum") && value.asDouble() < schema.get("minimum").asDouble()) {
            add(path, "must be at least " + schema.get("minimum"));
        }
        if (schema.has("maximum") && value.asDouble() > schema.get("maximum").asDouble()) {
            add(path, "must be at most " + schema.get("maximum"));
        }
    }

    private void oneOf(JsonNode value, JsonNode schema, String path) {
        JsonNode allowed = schema.path("enum");
        if (!allowed.isEmpty()
                && StreamSupport.stream(allowed.spliterator(), false).noneMatch(value::equals)) {
            String choice = StreamSupport.stream(allowed.spliterator(), false)
                    .map(JsonNode::asText)
                    .collect(Collectors.joining(", "));
            add(path, value.asText() + " is not known here: write one of " + choice);
        }
    }

    private void rule(JsonNode value, JsonNode rule, String path) {
        String text = rule.get("rule").asText();
        if (text.contains("oldSelf")) {
            return; // Of changes; one manifest has no before.
        }
        try {
            if (!CelValue.holds(Cel.parse(text), plain(value))) {
                add(path, rule.path("message").asText(text));
            }
        } catch (CelException e) {
            // As the API server: a rule that cannot be evaluated on the value is not fulfilled.
            add(path, rule.path("message").asText(text) + " (" + e.getMessage() + ")");
        }
    }

    private static Object plain(JsonNode value) {
        if (value.isObject()) {
            var map = new LinkedHashMap<String, Object>();
            value.properties().forEach(each -> {
                if (!each.getValue().isNull()) {
                    map.put(each.getKey(), plain(each.getValue()));
                }
            });
            return map;
        }
        if (value.isArray()) {
            return StreamSupport.stream(value.spliterator(), false)
                    .map(Schema::plain)
                    .toList();
        }
        if (value.isIntegralNumber()) {
            return value.asLong();
        }
        return value.isBoolean() ? (Object) value.asBoolean() : value.asText();
    }

    private void most(int size, JsonNode schema, String keyword, String path, String sentence) {
        if (schema.has(keyword) && size > schema.get(keyword).asInt()) {
            add(path, sentence.formatted(schema.get(keyword).asInt()));
        }
    }

    private static String child(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private void add(String path, String sentence) {
        findings.add(new Finding(path.isEmpty() ? "(the object)" : path, sentence));
    }
}
