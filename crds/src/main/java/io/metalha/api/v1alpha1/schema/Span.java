// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1.schema;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A {@link java.time.Duration} that reads like {@code 500ms}, {@code 5s} or {@code 1h30m}. The schema gets one rule with
 * the bounds, whose message names the field and says what to write.
 */
@JacksonAnnotationsInside
@JsonSerialize(using = KubeDuration.Writer.class)
@JsonDeserialize(using = KubeDuration.Reader.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Span {
    /** The smallest value allowed. */
    String min() default "0s";

    /** The largest value allowed. */
    String max();

    /** What the API server fills in; empty: nothing. */
    String fallback() default "";
}
