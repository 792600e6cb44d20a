// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.api.v1alpha1.OperationAnswer;

/** Where status goes. Calls return at once; only the newest of each is kept while the API server cannot be reached. */
public interface Publisher {
    Publisher NOWHERE = new Publisher() {
        @Override
        public void member(String group, Member member) {}

        @Override
        public void node(MetalNodeStatus status) {}

        @Override
        public void answer(ClusterOperation question, OperationAnswer answer) {}
    };

    void member(String group, Member member);

    void node(MetalNodeStatus status);

    /** Tried once: who still wants to know asks again. */
    void answer(ClusterOperation question, OperationAnswer answer);
}
