// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.witness;

import io.metalha.node.witness.Registers;
import io.metalha.node.witness.Snapshot;
import io.metalha.node.witness.WitnessEffect;
import io.metalha.node.witness.WitnessEvent;
import java.util.Map;

/** An object that votes, in memory; several servers' clients use one. */
public final class MemoryObject implements VoterObject {
    private Registers registers;
    private long version = 1;
    private String uid = "object-1";
    private boolean reachable = true;

    public MemoryObject(String clusterUid) {
        registers = Registers.blank(clusterUid);
    }

    /** Deleted, and made again by the operator. */
    public synchronized void remade() {
        uid = "object-2";
        version = 1;
        registers = new Registers(registers.clusterUid(), 1, false, Map.of());
    }

    public synchronized void reachable(boolean yes) {
        reachable = yes;
    }

    public synchronized long writes() {
        return registers.writes();
    }

    @Override
    public synchronized WitnessEvent read() {
        return reachable
                ? new WitnessEvent.Found(new Snapshot(uid, Long.toString(version), registers))
                : new WitnessEvent.Failed("out of reach");
    }

    @Override
    public synchronized WitnessEvent write(WitnessEffect.Write write) {
        if (!reachable) {
            return new WitnessEvent.Failed("out of reach");
        }
        if (!write.uid().equals(uid) || !write.version().equals(Long.toString(version))) {
            return new WitnessEvent.Conflict();
        }
        registers = write.registers();
        version++;
        return new WitnessEvent.Written(Long.toString(version));
    }

    @Override
    public void close() {}
}
