// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Orders epochs as agents write them, COUNTER.VOTER; what does not read so is below all others. */
final class EpochOrder {
    static final Comparator<@Nullable String> BY_EPOCH =
            Comparator.<@Nullable String>comparingLong(EpochOrder::counter).thenComparingLong(EpochOrder::voter);

    private EpochOrder() {}

    private static long counter(@Nullable String epoch) {
        return part(epoch, 0);
    }

    private static long voter(@Nullable String epoch) {
        return part(epoch, 1);
    }

    private static long part(@Nullable String epoch, int index) {
        if (epoch == null || !epoch.matches("[0-9]{1,18}\\.[0-9]{1,9}")) {
            return -1;
        }
        int dot = epoch.indexOf('.');
        return Long.parseLong(index == 0 ? epoch.substring(0, dot) : epoch.substring(dot + 1));
    }
}
