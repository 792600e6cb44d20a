// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.DeletionPolicy;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Event;
import io.metalha.node.group.Phase;
import io.metalha.node.leasepage.LeasePage;
import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.local.LineClient;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The agent's one deciding thread: time first, then a bounded batch of facts, then what follows from both. */
final class AgentLoop implements AgentContext {
    static final Duration TURN = Duration.ofMillis(250);
    /** While something is about to be due in a fraction of a second. */
    private static final Duration SHORT_TURN = Duration.ofMillis(50);

    private static final int BATCH_MAX = 256;
    private static final Duration CHECKIN = Duration.ofMillis(500);
    private static final Duration BEAT = Duration.ofSeconds(1);
    /** After the keeper's welcome: its lease lines have come by then. */
    private static final Duration LEASES_TOLD = Duration.ofMillis(150);

    private final NodeConf conf;
    private final AgentPaths paths;
    private final MonotonicClock clock;
    private final Inbox inbox;
    private final Drivers drivers;
    private final LineClient keeper;
    private final LineClient mirror;
    private final StatusReport status;
    private final StateWriter writer = new StateWriter();
    private final ClusterView view;
    private final Operations operations = new Operations(this);
    private final Map<GroupId, GroupRunner> groups = new TreeMap<>();
    private final Map<GroupId, String> held = new HashMap<>();
    private final Map<GroupId, Epoch> told = new HashMap<>();
    private Configuration config;
    private History history;
    private Optional<MonotonicTime> reconcileAt = Optional.empty();
    private boolean keeperUp;
    private MonotonicTime checkedIn = MonotonicTime.ZERO;
    private MonotonicTime beatAt = MonotonicTime.ZERO;
    private int beat;
    private Blob lastBlob = new Blob(0, List.of(), List.of());
    private Optional<LeasePage> page = Optional.empty();
    private long lives;
    private boolean changed;
    private MonotonicTime nextTurnAt = MonotonicTime.ZERO;

    AgentLoop(
            NodeConf conf,
            AgentPaths paths,
            MonotonicClock clock,
            Inbox inbox,
            Drivers drivers,
            LineClient keeper,
            LineClient mirror,
            Publisher publisher) {
        this.conf = conf;
        this.paths = paths;
        this.clock = clock;
        this.inbox = inbox;
        this.drivers = drivers;
        this.keeper = keeper;
        this.mirror = mirror;
        this.view = new ClusterView(conf.node());
        this.history = ConfigStore.read(paths.history(), History.class, History.EMPTY);
        this.config = ConfigStore.read(paths.config(), Configuration.class, Configuration.EMPTY);
        this.status = new StatusReport(this, publisher);
    }

    /** Runs until interrupted. */
    void run() throws InterruptedException {
        begin();
        while (!Thread.currentThread().isInterrupted()) {
            Duration wait = nextTurnAt.since(now());
            inbox.drain(wait.isNegative() ? Duration.ZERO : wait, BATCH_MAX, this::take);
            MonotonicTime now = now();
            if (changed || now.isAtOrAfter(nextTurnAt)) {
                changed = false;
                turn();
                boolean soon = groups.values().stream().anyMatch(GroupRunner::isAboutToMove);
                nextTurnAt = now.plus(soon ? SHORT_TURN : TURN);
            }
        }
    }

    /** Lives from what was accepted before, until the API server says otherwise. */
    private void begin() {
        MetalCluster cluster = config.cluster();
        Journal.say("agent of " + conf.node() + " begins with "
                + (cluster == null
                        ? "no MetalCluster"
                        : "MetalCluster " + cluster.getMetadata().getName() + " generation "
                                + cluster.getMetadata().getGeneration())
                + " and " + config.groups().size() + " groups from " + paths.config());
        if (cluster != null) {
            useCluster(cluster);
        }
        config.groups().forEach(this::addGroup);
    }

    private void turn() {
        MonotonicTime now = now();
        if (keeperUp && now.since(checkedIn).compareTo(CHECKIN) >= 0) {
            keeper.send(Message.of("checkin"));
            checkedIn = now;
        }
        view.lookAtPaths(now);
        reconcileWhenTold(now);
        watchPage(now);
        for (GroupRunner group : List.copyOf(groups.values())) {
            guarded(group.id(), group::turn);
        }
        operations.turn();
        tellOthers(now);
        status.turn(now);
    }

    /** A bug in one group's turn must not end the others'. */
    private static void guarded(GroupId group, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            Journal.say(group + ": bug: " + e + " at " + (e.getStackTrace().length > 0 ? e.getStackTrace()[0] : ""));
        }
    }

    /** What is as it was before needs no turn of its own: most facts are monitors that are content. */
    private static boolean changesNothing(Fact fact) {
        return fact instanceof Fact.OfGroup e && e.event() instanceof Event.MonitorResult result && result.ok();
    }

    private void take(Fact fact) {
        changed |= !changesNothing(fact);
        try {
            switch (fact) {
                case Fact.KeeperUp _ -> {
                    told.clear();
                    keeper.send(Message.of("hello", "role", "agent"));
                }
                case Fact.KeeperDown e -> {
                    keeperUp = false;
                    reconcileAt = Optional.empty();
                    Journal.say("keeper.sock: " + e.why() + "; what is held runs on while the lease page says so");
                }
                case Fact.KeeperSaid e -> keeperSaid(e.message());
                case Fact.MirrorUp _ -> mirror.send(Message.of("hello"));
                case Fact.MirrorDown e -> {
                    Journal.say("mirror.sock: " + e.why());
                    groups.values().forEach(group -> group.mirrors().forget());
                }
                case Fact.MirrorSaid e -> mirrorSaid(e.message());
                case Fact.OfGroup e -> ofGroup(e);
                case Fact.Recorded e -> recorded(e);
                case Fact.ClusterShown e -> clusterShown(e.cluster());
                case Fact.GroupShown e -> groupShown(e.group());
                case Fact.GroupGone e -> groupGone(e.name());
                case Fact.OperationShown e -> operations.shown(e.operation());
                case Fact.KeyShown e -> keyShown(e.key());
                case Fact.LinksChanged _ -> {}
                case Fact.Asked e -> e.answer().complete(Answers.to(e.question(), this));
            }
        } catch (RuntimeException e) {
            Journal.say("bug or bad input, dropped " + fact.getClass().getSimpleName() + ": " + e);
        }
    }

    private void ofGroup(Fact.OfGroup e) {
        GroupRunner group = groups.get(e.group());
        if (group != null && e.life() == lifeOf(e.group())) {
            guarded(e.group(), () -> group.step(e.event()));
        }
    }

    private void keeperSaid(Message message) {
        switch (message.verb()) {
            case "welcome" -> {
                keeperUp = true;
                reconcileAt = Optional.of(now().plus(LEASES_TOLD));
                keeper.send(Message.of("checkin"));
                beatAt = MonotonicTime.ZERO;
                lastBlob = new Blob(-1, List.of(), List.of());
            }
            case "lease" -> told.put(new GroupId(message.get("group")), Epoch.parse(message.get("epoch")));
            case "granted" -> of(message).ifPresentOrElse(group -> group.granted(message), () -> unknown(message));
            case "lost" ->
                of(message).ifPresent(group -> group.lost(Epoch.parse(message.get("epoch")), message.get("reason")));
            case "refused" -> of(message).ifPresent(group -> group.refused(message));
            case "holder" -> of(message).ifPresent(group -> group.holder(message));
            case "member" -> member(message);
            case "blob" ->
                Blob.decode(message.get("data")).ifPresent(blob -> view.peer(new NodeId(message.get("node")))
                        .blob(blob, now()));
            case "status" -> status.keeper(message);
            default -> {}
        }
    }

    /** A lease of a group that this agent does not know cannot be used. */
    private void unknown(Message message) {
        keeper.send(Message.of("release", "group", message.get("group"), "epoch", message.get("epoch")));
    }

    private void member(Message message) {
        if (message.get("node").equals(conf.node().name())) {
            return;
        }
        if (view.member(message, Instant.now(), now())) {
            boolean alive = message.getBoolean("alive");
            String node = message.get("node");
            Journal.say(node
                    + (alive ? " is heard again: " : " is heard on no path any more: ")
                    + message.find("paths").orElse(""));
            for (GroupRunner group : groups.values()) {
                group.spec().getSpec().resources().stream()
                        .filter(resource -> resource.mirrorDisk() != null)
                        .filter(_ -> group.policy().nodes().contains(new NodeId(node)))
                        .forEach(resource -> mirror.send(Message.of(
                                "peer",
                                "mirror",
                                MirrorSide.name(group.id().name(), resource.name()),
                                "alive",
                                alive)));
            }
        }
    }

    private void mirrorSaid(Message message) {
        switch (message.verb()) {
            case "welcome" -> groups.values().forEach(GroupRunner::configureMirrors);
            case "state" -> {
                String name = message.get("mirror");
                int dot = name.indexOf('.');
                Optional.ofNullable(groups.get(new GroupId(name.substring(0, dot))))
                        .ifPresent(group -> group.mirrorState(name.substring(dot + 1), message));
            }
            case "record" -> relayRecord(message);
            default -> {}
        }
    }

    /** The mirror may not go on before a majority has it; the holder's epoch says on whose behalf. */
    private void relayRecord(Message message) {
        String name = message.get("mirror");
        String id = message.get("id");
        GroupId group = new GroupId(name.substring(0, name.indexOf('.')));
        GroupRunner runner = groups.get(group);
        Epoch epoch = runner == null ? Epoch.NONE : runner.machine().phase().held();
        if (epoch.equals(Epoch.NONE)) {
            inbox.put(new Fact.Recorded(group, id, false, "the group is not held here"));
            return;
        }
        Message line = Message.of("record", "group", group, "epoch", epoch, "copies", message.get("copies"));
        var _ = keeper.request(line, Duration.ofSeconds(10)).whenComplete((answer, error) -> {
            boolean ok = error == null && answer.getBoolean("ok");
            String reason = error != null
                    ? String.valueOf(error.getMessage())
                    : answer.find("reason").orElse("");
            inbox.put(new Fact.Recorded(group, id, ok, reason));
        });
    }

    private void recorded(Fact.Recorded e) {
        Journal.say(
                e.group() + ": record " + e.id() + (e.ok() ? " written by a majority" : " not written: " + e.reason()));
        mirror.send(Message.of(
                "answer", "id", e.id(), "ok", e.ok(), "reason", e.reason().isEmpty() ? "-" : e.reason()));
    }

    private void reconcileWhenTold(MonotonicTime now) {
        if (reconcileAt.isEmpty() || now.isBefore(reconcileAt.get())) {
            return;
        }
        reconcileAt = Optional.empty();
        for (GroupRunner group : groups.values()) {
            guarded(group.id(), () -> group.reconcile(heldBy(group.id(), now)));
        }
    }

    /** What the keeper says that it holds for us, by its line or by the lease page. */
    private Optional<Epoch> heldBy(GroupId group, MonotonicTime now) {
        Epoch line = told.get(group);
        if (line != null) {
            return Optional.of(line);
        }
        return openPage().flatMap(leases -> {
            int slot = leases.slotOf(group);
            if (slot < 0) {
                return Optional.empty();
            }
            Epoch epoch = leases.epoch(slot);
            boolean usable = !epoch.equals(Epoch.NONE) && leases.usableUntilNanos(slot, epoch) > now.nanos();
            return usable ? Optional.of(epoch) : Optional.empty();
        });
    }

    /** Without a keeper to tell us, the lease page and the clock tell that a lease has ended. */
    private void watchPage(MonotonicTime now) {
        if (keeperUp) {
            return;
        }
        for (GroupRunner group : groups.values()) {
            Epoch epoch = group.machine().phase().held();
            if (!epoch.equals(Epoch.NONE)) {
                boolean usable = openPage()
                        .map(leases -> {
                            int slot = leases.slotOf(group.id());
                            return slot >= 0 && leases.usableUntilNanos(slot, epoch) > now.nanos();
                        })
                        .orElse(false);
                if (!usable) {
                    guarded(group.id(), () -> group.lost(epoch, "the keeper is gone and the lease has run out"));
                }
            }
        }
    }

    private Optional<LeasePage> openPage() {
        if (page.isEmpty()) {
            try {
                page = Optional.of(LeasePage.reader(paths.leases()));
            } catch (UncheckedIOException _) {
                // No keeper has ever run since the boot: nothing is held.
            }
        }
        return page;
    }

    private void tellOthers(MonotonicTime now) {
        if (!keeperUp) {
            return;
        }
        // The keepers' agents tell a stalled agent by its beat standing still.
        boolean due = now.since(beatAt).compareTo(BEAT) >= 0;
        if (due) {
            beat++;
            beatAt = now;
        }
        List<Blob.Group> told = groups.values().stream().map(GroupRunner::blob).toList();
        Blob blob = new Blob(beat, view.ownPaths(), told);
        if (!blob.equals(lastBlob) && keeper.send(Message.of("blob", "data", blob.encode()))) {
            lastBlob = blob;
        }
    }

    private void clusterShown(MetalCluster shown) {
        if (!shown.getMetadata().getName().equals(conf.cluster())) {
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
                warn("MetalCluster " + conf.cluster(), reason, why);
            case Configuration.Judgement.Unchanged _ when !voters -> {}
            case Configuration.Judgement.Unchanged _, Configuration.Judgement.Accepted _ -> {
                config = config.with(stripped(shown));
                writer.write(paths.config(), config);
                useCluster(shown);
            }
        }
    }

    private static String votersOf(MetalCluster cluster) {
        return cluster.getStatus() == null
                ? ""
                : cluster.getStatus().voters() + " " + cluster.getStatus().timing();
    }

    private static MetalCluster stripped(MetalCluster cluster) {
        cluster.getMetadata().setManagedFields(null);
        return cluster;
    }

    private void useCluster(MetalCluster cluster) {
        view.use(cluster);
        KeeperConf.text(cluster, conf.node(), conf.witness(), paths.clusterKey())
                .ifPresentOrElse(
                        text -> writeKeeperConf(text),
                        () -> Journal.say("MetalCluster "
                                + cluster.getMetadata().getName() + " has no voter number for this machine yet"));
        groups.values().forEach(GroupRunner::clusterChanged);
    }

    private void writeKeeperConf(String text) {
        writeKeeperFile(paths.keeperConf(), text.getBytes(StandardCharsets.UTF_8));
    }

    private void keyShown(byte[] key) {
        if (key.length != 32) {
            warn("cluster key", "BadKey", "the Secret's key 'key' has " + key.length + " bytes; it must have 32");
            return;
        }
        writeKeeperFile(paths.clusterKey(), key);
    }

    private void writeKeeperFile(Path file, byte[] content) {
        try {
            if (!Files.exists(file) || !java.util.Arrays.equals(Files.readAllBytes(file), content)) {
                DurableFile.replace(file, content);
                Journal.say("wrote " + file + "; the keeper reads it");
                keeper.send(Message.of("reload"));
            }
        } catch (IOException e) {
            Journal.say("cannot write " + file + ": " + e.getMessage());
        }
    }

    private void groupShown(ClusterGroup shown) {
        if (!shown.getSpec().cluster().equals(conf.cluster()) || conf.witness()) {
            return;
        }
        String name = shown.getMetadata().getName();
        GroupRunner runner = groups.get(new GroupId(name));
        if (shown.getMetadata().getDeletionTimestamp() != null) {
            if (runner != null && shown.getSpec().deletionPolicy() == DeletionPolicy.STOP) {
                runner.delete();
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
            case Configuration.Judgement.Held(var reason, var why) -> warn("ClusterGroup " + name, reason, why);
            case Configuration.Judgement.Unchanged _ -> {}
            case Configuration.Judgement.Accepted _ -> accept(shown, runner);
        }
    }

    private void accept(ClusterGroup shown, @org.jspecify.annotations.Nullable GroupRunner runner) {
        ClusterGroup kept = new ClusterGroup();
        kept.setMetadata(shown.getMetadata());
        kept.getMetadata().setManagedFields(null);
        kept.setSpec(shown.getSpec());
        try {
            if (runner == null) {
                addGroup(kept);
            } else {
                runner.specify(kept);
            }
            config = config.with(kept);
            writer.write(paths.config(), config);
        } catch (IllegalArgumentException e) {
            warn("ClusterGroup " + kept.getMetadata().getName(), "BadSpec", String.valueOf(e.getMessage()));
        }
    }

    private void addGroup(ClusterGroup group) {
        if (conf.witness()) {
            return;
        }
        try {
            GroupId id = new GroupId(group.getMetadata().getName());
            GroupRunner runner = new GroupRunner(group, this, ++lives);
            held.put(id, Long.toString(lives));
            groups.put(id, runner);
            runner.warmUp();
            if (mirror.isConnected()) {
                runner.configureMirrors();
            }
            if (keeperUp && reconcileAt.isEmpty()) {
                reconcileAt = Optional.of(now().plus(LEASES_TOLD));
            }
        } catch (IllegalArgumentException e) {
            warn("ClusterGroup " + group.getMetadata().getName(), "BadSpec", String.valueOf(e.getMessage()));
        }
    }

    private long lifeOf(GroupId group) {
        return Long.parseLong(held.getOrDefault(group, "0"));
    }

    /** The object is gone. Only a group whose deletion was carried out is forgotten (safety rule 22). */
    private void groupGone(String name) {
        GroupRunner runner = groups.get(new GroupId(name));
        if (runner == null) {
            return;
        }
        if (runner.isDeleting() && runner.machine().phase() instanceof Phase.Standby) {
            for (var resource : runner.spec().getSpec().resources()) {
                if (resource.mirrorDisk() != null) {
                    mirror.send(Message.of("drop", "request", 0, "mirror", MirrorSide.name(name, resource.name())));
                }
            }
            keeper.send(Message.of("want", "group", name, "mode", "none", "delayMillis", 0, "copies", "-"));
            groups.remove(runner.id());
            if ((history.of(name).stopMark() & 1) == 1) {
                // A group that is applied again is a new wish.
                history(name, entry -> entry.withStopMark(entry.stopMark() + 1));
            }
            config = config.without(name);
            writer.write(paths.config(), config);
            Journal.say(name + ": its deletion is complete; forgets it");
        } else {
            warn("ClusterGroup " + name, "Absent", "is not there any more, which is no deletion: goes on as before");
        }
    }

    private void warn(String what, String reason, String why) {
        status.warn(what, reason, why);
    }

    private Optional<GroupRunner> of(Message message) {
        return Optional.ofNullable(groups.get(new GroupId(message.get("group"))));
    }

    NodeConf conf() {
        return conf;
    }

    Map<GroupId, GroupRunner> groups() {
        return groups;
    }

    boolean keeperUp() {
        return keeperUp;
    }

    Configuration config() {
        return config;
    }

    void operationDone(String uid) {
        config = config.withOperation(uid);
        writer.write(paths.config(), config);
    }

    List<String> explain(GroupId group) {
        List<String> lines = new ArrayList<>();
        GroupRunner runner = groups.get(group);
        if (runner != null) {
            lines.add(runner.decision().getClass().getSimpleName() + ": "
                    + runner.decision().why());
            lines.addAll(runner.decision().rejected());
            lines.add("keeper: " + (runner.keeperSays().isEmpty() ? "no refusal" : runner.keeperSays()));
        }
        return lines;
    }

    @Override
    public NodeId self() {
        return conf.node();
    }

    @Override
    public MonotonicClock clock() {
        return clock;
    }

    @Override
    public AgentPaths paths() {
        return paths;
    }

    @Override
    public Inbox inbox() {
        return inbox;
    }

    @Override
    public Drivers drivers() {
        return drivers;
    }

    @Override
    public ClusterView view() {
        return view;
    }

    @Override
    public LineClient keeper() {
        return keeper;
    }

    @Override
    public LineClient mirror() {
        return mirror;
    }

    @Override
    public History.Entry history(String group) {
        return history.of(group);
    }

    @Override
    public void history(String group, UnaryOperator<History.Entry> change) {
        history = history.with(group, change.apply(history.of(group)));
        writer.write(paths.history(), history);
    }

    @Override
    public void blobChanged() {
        tellOthers(now());
    }

    @Override
    public void post(GroupId group, Event event) {
        inbox.put(new Fact.OfGroup(group, lifeOf(group), event));
    }
}
