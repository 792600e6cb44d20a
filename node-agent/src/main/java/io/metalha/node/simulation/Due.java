// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

/**
 * Work of one lane's life: dropped when that life has ended, kept while the lane is paused.
 *
 * @param life {@link #ANY_LIFE} for what comes from outside and finds whichever life is there
 */
record Due(Lane lane, long life, Runnable work) {
    static final long ANY_LIFE = -1;

    boolean isFromOutside() {
        return life == ANY_LIFE;
    }

    boolean isOver() {
        return life != ANY_LIFE && life != lane.life();
    }
}
