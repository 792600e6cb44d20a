// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.DeletionPolicy;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.node.agent.config.ConfigStore;
import io.metalha.node.agent.config.Configuration;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.agent.known.Own;
import io.metalha.node.core.GroupId;
import io.metalha.node.group.Phase;
import io.metalha.node.local.Message;
import java.util.Optional;

/** Accepts or holds what the API server shows, keeps what it accepted, and has it acted on. One thread. */
final class Acceptance {
    private final AgentContext context;
    private final Groups groups;
    private final KeeperLines keeper;
    private final LeaseWitness witness;
    private final Warnings warnings;
    private final KeeperFiles files;
    private Configuration config;

    Acceptance(AgentContext context, Groups groups, KeeperLines keeper, LeaseWitness witness, Warnings warnings) {
        this.context = context;
        this.groups = groups;
        this.keeper = keeper;
        this.witness = witness;
        this.warnings = warnings;
        this.files = new KeeperFiles(context, warnings);
        this.config = ConfigStore.read(context.paths().config(), Configuration.class, Configuration.EMPTY);
    }

    /** Lives from what was accepted before, until the API server says otherwise. */
    void begin() {
        MetalCluster cluster = config.cluster();
        Journal.say("agent of " + context.self() + " begins with "
                + (cluster == null
                        ? "no MetalCluster"
                        : "MetalCluster " + cluster.getMetadata().getName() + " generation "
                                + cluster.getMetadata().getGeneration())
                + " and " + config.groups().size() + " groups from "
                + context.paths().config());
        if (cluster != null) {
            use(cluster);
        }
        config.groups().forEach(this::begin);
    }

    private void begin(ClusterGroup group) {
        try {
            if (!context.conf().witness()) {
                add(group);
            }
        } catch (IllegalArgumentException e) {
            badSpec(group, e);
        }
    }

    boolean isDone(String operation) {
        return config.operationsDone().contains(operation);
    }

    void operationDone(String operation) {
        keep(config.withOperation(operation));
    }

    void key(byte[] key) {
        files.key(key);
    }

    void cluster(MetalCluster shown) {
        if (!shown.getMetadata().getName().equals(context.conf().cluster())) {
            return;
        }
        MetalCluster current = config.cluster();
        boolean same = current != null && current.getSpec().equals(shown.getSpec());
        Configuration.Judgement judgement = Configuration.judge(
                current == null ? null : Configuration.Stamp.of(current.getMetadata()),
                Configuration.Stamp.of(shown.getMetadata()),
                shown.getStatus() == null ? null : shown.getStatus().acceptedGeneration(),
                same);
        boolean voters = current == null || !votersOf(current).equals(votersOf(shown));
        switch (judgement) {
            case Configuration.Judgement.Held(var reason, var why) ->
                warnings.warn("MetalCluster " + context.conf().cluster(), reason, why);
            case Configuration.Judgement.Unchanged _ when !voters -> {}
            case Configuration.Judgement.Unchanged _, Configuration.Judgement.Accepted _ -> {
                shown.getMetadata().setManagedFields(null);
                keep(config.with(shown));
                use(shown);
            }
        }
    }

    private static String votersOf(MetalCluster cluster) {
        return cluster.getStatus() == null
                ? ""
                : cluster.getStatus().voters() + " " + cluster.getStatus().timing();
    }

    private void use(MetalCluster cluster) {
        context.view().use(cluster);
        // Before the keeper asks for its vote.
        witness.use(cluster);
        files.configure(cluster);
        groups.all().forEach(GroupRunner::clusterChanged);
    }

    void group(ClusterGroup shown) {
        if (!shown.getSpec().cluster().equals(context.conf().cluster())
                || context.conf().witness()) {
            return;
        }
        String name = shown.getMetadata().getName();
        if (shown.getMetadata().getDeletionTimestamp() != null) {
            if (shown.getSpec().deletionPolicy() == DeletionPolicy.STOP) {
                groups.of(new GroupId(name)).ifPresent(GroupRunner::delete);
            }
            return;
        }
        Optional<ClusterGroup> current = config.group(name);
        boolean same = current.isPresent() && current.get().getSpec().equals(shown.getSpec());
        Configuration.Judgement judgement = Configuration.judge(
                current.map(group -> Configuration.Stamp.of(group.getMetadata()))
                        .orElse(null),
                Configuration.Stamp.of(shown.getMetadata()),
                shown.getStatus() == null ? null : shown.getStatus().acceptedGeneration(),
                same);
        switch (judgement) {
            case Configuration.Judgement.Held(var reason, var why) ->
                warnings.warn("ClusterGroup " + name, reason, why);
            case Configuration.Judgement.Unchanged _ -> {}
            case Configuration.Judgement.Accepted _ -> accept(shown);
        }
    }

    private void accept(ClusterGroup shown) {
        ClusterGroup kept = new ClusterGroup();
        kept.setMetadata(shown.getMetadata());
        kept.getMetadata().setManagedFields(null);
        kept.setSpec(shown.getSpec());
        try {
            groups.of(new GroupId(kept.getMetadata().getName()))
                    .ifPresentOrElse(group -> group.specify(kept), () -> begin(kept));
            keep(config.with(kept));
        } catch (IllegalArgumentException e) {
            badSpec(kept, e);
        }
    }

    private void add(ClusterGroup group) {
        GroupRunner runner = groups.add(group, context, () -> keeper.tellOthers(context.now()));
        runner.warmUp();
        if (context.mirror().isConnected()) {
            runner.configureMirrors();
        }
        keeper.look(context.now());
    }

    private void badSpec(ClusterGroup group, IllegalArgumentException e) {
        warnings.warn("ClusterGroup " + group.getMetadata().getName(), "BadSpec", String.valueOf(e.getMessage()));
    }

    /** The object is gone. Only a group whose deletion was carried out is forgotten (safety rule 22). */
    void groupGone(String name) {
        groups.of(new GroupId(name)).ifPresent(group -> {
            if (group.view().isDeleting() && group.machine().phase() instanceof Phase.Standby) {
                forget(group);
            } else {
                warnings.warn(
                        "ClusterGroup " + name,
                        "Absent",
                        "is not there any more, which is no deletion: goes on as before");
            }
        });
    }

    private void forget(GroupRunner group) {
        String name = group.id().name();
        group.mirrors().names().forEach(mirror -> context.mirror()
                .send(Message.of("drop", "request", 0, "mirror", MirrorSide.name(name, mirror))));
        context.keeper().send(Message.of("want", "group", name, "mode", "none", "delayMillis", 0, "copies", "-"));
        group.forget();
        groups.remove(group.id());
        int mark = group.view().stopMark();
        if (Own.isStopped(mark)) {
            // A group that is applied again is a new wish.
            context.histories().change(group.id(), entry -> entry.withStopMark(mark + 1));
        }
        keep(config.without(name));
        Journal.say(name + ": its deletion is complete; forgets it");
    }

    private void keep(Configuration next) {
        config = next;
        context.writer().write(context.paths().config(), config);
    }
}
