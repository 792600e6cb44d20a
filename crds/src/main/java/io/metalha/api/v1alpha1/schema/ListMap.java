// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A list whose entries are told apart by {@code key}: server-side apply merges entry by entry (listType=map). */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface ListMap {
    String key();
}
