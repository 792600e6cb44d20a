// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.metalha.api.v1alpha1.schema.KubeDuration;
import io.metalha.api.v1alpha1.schema.ListMap;
import io.metalha.api.v1alpha1.schema.Span;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Walks a kind's records beside its schema and puts in what our own annotations say. */
final class SchemaFinish {
    /** Two int64 nanoseconds as text are longer than anybody writes; the API server needs some bound to price the rule. */
    private static final long DURATION_LENGTH_MAX = 24;

    private SchemaFinish() {}

    static void finish(Class<?> kind, JSONSchemaProps root) {
        ParameterizedType custom = (ParameterizedType) kind.getGenericSuperclass();
        Type[] specAndStatus = custom.getActualTypeArguments();
        finishRecord((Class<?>) specAndStatus[0], root.getProperties().get("spec"));
        finishRecord((Class<?>) specAndStatus[1], root.getProperties().get("status"));
        root.setRequired(List.of("spec"));
        withoutDoubles(root);
    }

    private static void finishRecord(Class<?> type, JSONSchemaProps schema) {
        withoutDoubles(schema);
        for (RecordComponent component : type.getRecordComponents()) {
            Field field = fieldOf(type, component);
            String name = nameOf(field);
            JSONSchemaProps property = schema.getProperties().get(name);
            if (property == null) {
                throw new IllegalStateException(type + " has no schema for " + name);
            }
            Span span = field.getAnnotation(Span.class);
            if (span != null) {
                schema.getProperties().put(name, duration(name, property, span));
                continue;
            }
            ListMap listMap = field.getAnnotation(ListMap.class);
            if (listMap != null) {
                property.setXKubernetesListType("map");
                property.setXKubernetesListMapKeys(List.of(listMap.key()));
            }
            finishNested(component.getGenericType(), property);
        }
    }

    private static void finishNested(Type type, JSONSchemaProps property) {
        withoutDoubles(property);
        if (type instanceof Class<?> raw && raw.isRecord()) {
            finishRecord(raw, property);
        } else if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            finishNested(list.getActualTypeArguments()[0], property.getItems().getSchema());
        } else if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
            finishNested(
                    map.getActualTypeArguments()[1],
                    property.getAdditionalProperties().getSchema());
        }
    }

    /** One rule, so that one sentence says all: a wrong form and a wrong size read the same. */
    private static JSONSchemaProps duration(String name, JSONSchemaProps generated, Span span) {
        String rule = "self.matches('%s') && duration(self) >= duration('%s') && duration(self) <= duration('%s')"
                .formatted(KubeDuration.PATTERN, span.min(), span.max());
        String message = "%s must be a duration of %s to %s, written like 500ms, 5s or 1h30m"
                .formatted(name, span.min(), span.max());
        var schema = new JSONSchemaPropsBuilder()
                .withType("string")
                .withDescription(generated.getDescription())
                .withMaxLength(DURATION_LENGTH_MAX)
                .addNewXKubernetesValidation()
                .withRule(rule)
                .withMessage(message)
                .endXKubernetesValidation()
                .build();
        if (!span.fallback().isEmpty()) {
            schema.setDefault(TextNode.valueOf(span.fallback()));
        }
        return schema;
    }

    /** A rule on a record component comes twice from the generator: by the field and by its accessor. */
    private static void withoutDoubles(JSONSchemaProps schema) {
        List<ValidationRule> rules = schema.getXKubernetesValidations();
        if (rules != null && !rules.isEmpty()) {
            schema.setXKubernetesValidations(new ArrayList<>(new LinkedHashSet<>(rules)));
        }
    }

    private static Field fieldOf(Class<?> type, RecordComponent component) {
        try {
            return type.getDeclaredField(component.getName());
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("a record has a field for each component", e);
        }
    }

    private static String nameOf(Field field) {
        JsonProperty renamed = field.getAnnotation(JsonProperty.class);
        return renamed == null ? field.getName() : renamed.value();
    }
}
