// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.NodeId;
import io.metalha.node.fencing.device.Answer;
import io.metalha.node.group.Event;
import io.metalha.node.local.Message;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What reaches the agent's one deciding thread from outside. */
public sealed interface Fact {
    record KeeperUp() implements Fact {}

    record KeeperDown(String why) implements Fact {}

    record KeeperSaid(Message message) implements Fact {}

    record MirrorUp() implements Fact {}

    record MirrorDown(String why) implements Fact {}

    record MirrorSaid(Message message) implements Fact {}

    /** @param life the runner that asked; the outcomes of a former one are dropped */
    record OfGroup(GroupId group, long life, Event event) implements Fact {}

    /** The keeper answered a record request that was relayed for a mirror. */
    record Recorded(GroupId group, String id, boolean ok, String reason) implements Fact {}

    record ClusterShown(MetalCluster cluster) implements Fact {}

    record GroupShown(ClusterGroup group) implements Fact {}

    /** The object is gone; matters only when its deletion was seen before. */
    record GroupGone(String name) implements Fact {}

    record OperationShown(ClusterOperation operation) implements Fact {}

    record KeyShown(byte[] key) implements Fact {}

    /** A Secret that drivers or fence devices use came or changed. */
    record SecretShown(String name) implements Fact {}

    /** A fence device was asked for the power status. */
    record FenceAsked(String device, Answer answer) implements Fact {}

    /** A fence device was to power a server off. */
    record FenceOrdered(NodeId victim, long order, Answer answer) implements Fact {}

    /** This server is being shut down in order. */
    record GoingDown() implements Fact {}

    /** A link of this host lost or got its carrier. */
    record LinksChanged() implements Fact {}

    /** A line on agent.sock. */
    record Asked(Message question, CompletableFuture<List<Message>> answer) implements Fact {}
}
