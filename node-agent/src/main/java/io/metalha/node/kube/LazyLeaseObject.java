// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.kube;

import io.metalha.node.agent.witness.VoterObject;
import io.metalha.node.witness.WitnessEffect;
import io.metalha.node.witness.WitnessEvent;
import java.io.IOException;
import java.util.Optional;

/** Connects when it is first asked, and again until it can: an agent may begin before its kubeconfig is there. */
final class LazyLeaseObject implements VoterObject {
    /** Throws what hinders. */
    interface Connect {
        LeaseObject connect() throws IOException;
    }

    private final Connect connect;
    private Optional<LeaseObject> object = Optional.empty();
    private boolean closed;

    LazyLeaseObject(Connect connect) {
        this.connect = connect;
    }

    @Override
    public WitnessEvent read() {
        try {
            return connected().read();
        } catch (IOException | RuntimeException e) {
            return new WitnessEvent.Failed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public WitnessEvent write(WitnessEffect.Write write) {
        try {
            return connected().write(write);
        } catch (IOException | RuntimeException e) {
            return new WitnessEvent.Failed(String.valueOf(e.getMessage()));
        }
    }

    private synchronized LeaseObject connected() throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        if (object.isEmpty()) {
            object = Optional.of(connect.connect());
        }
        return object.get();
    }

    @Override
    public synchronized void close() {
        closed = true;
        object.ifPresent(LeaseObject::close);
    }
}
