// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.peer;

import io.metalha.node.agent.known.GroupNews;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.local.Message;
import io.metalha.node.placement.PathReport;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What this node knows of another machine, from its keeper and from that machine's agent. */
public final class Peer {
    /** An agent whose beat stands still for this long is not well. */
    public static final Duration AGENT_SILENT = Duration.ofSeconds(5);

    private final NodeId name;
    private int number;
    private boolean alive;
    private boolean seen;
    private MonotonicTime aliveSince = MonotonicTime.ZERO;
    private MonotonicTime beatAt = MonotonicTime.ZERO;
    private int beat = -1;
    private boolean goingDown;
    private final Map<String, PathState> paths = new LinkedHashMap<>();
    private Map<Integer, Blob.Path> reports = Map.of();
    private final Map<Integer, GroupNews> groups = new HashMap<>();
    private final Map<Integer, MonotonicTime> leavingSince = new HashMap<>();

    public record PathState(boolean up, Instant since, long rttMicros) {}

    public Peer(NodeId name) {
        this.name = name;
    }

    public NodeId name() {
        return name;
    }

    public int number() {
        return number;
    }

    public boolean alive() {
        return alive;
    }

    public boolean seen() {
        return seen;
    }

    /** When it was last seen to come or go. */
    public MonotonicTime aliveSince() {
        return aliveSince;
    }

    public Map<String, PathState> paths() {
        return paths;
    }

    public boolean agentWell(MonotonicTime now) {
        return alive && beat >= 0 && now.since(beatAt).compareTo(AGENT_SILENT) < 0;
    }

    /** It said that its server is being shut down in order, and nothing since. */
    public boolean goingDown() {
        return goingDown;
    }

    public Optional<GroupNews> group(long key) {
        return Optional.ofNullable(groups.get(GroupNews.keyOf(key)));
    }

    /** Since when its agent says that it is stopping the group. */
    public Optional<MonotonicTime> leavingSince(long key) {
        return Optional.ofNullable(leavingSince.get(GroupNews.keyOf(key)));
    }

    public Optional<Blob.Path> report(String path) {
        return Optional.ofNullable(reports.get(path.hashCode()));
    }

    public static PathReport.Carrier carrier(Optional<Blob.Path> report) {
        return report.map(Blob.Path::carrier).orElse(PathReport.Carrier.UNKNOWN);
    }

    /** A {@code member} line; true when it came or went. */
    public boolean member(Message message, Instant wall, MonotonicTime now) {
        number = (int) message.getLong("number");
        boolean was = alive;
        alive = message.getBoolean("alive");
        seen |= alive;
        if (was != alive) {
            aliveSince = now;
        }
        for (String entry : message.find("paths").orElse("").split(",")) {
            String[] parts = entry.split(":");
            if (parts.length >= 2) {
                boolean up = parts[1].equals("up");
                PathState before = paths.get(parts[0]);
                Instant since = before != null && before.up() == up ? before.since() : wall;
                paths.put(parts[0], new PathState(up, since, parts.length > 2 ? Long.parseLong(parts[2]) : 0));
            }
        }
        return was != alive;
    }

    public void blob(Blob blob, MonotonicTime now) {
        goingDown = blob.beat() == Blob.GOING_DOWN;
        if (blob.beat() != beat) {
            beat = blob.beat();
            beatAt = now;
        }
        Map<Integer, Blob.Path> told = new HashMap<>();
        blob.paths().forEach(path -> told.put(path.name(), path));
        reports = told;
        for (GroupNews group : blob.groups()) {
            GroupNews before = groups.put(group.key(), group);
            if (group.is() == GroupNews.Is.STOPPING) {
                // Each leave counts from its own beginning, also when what lay between was not heard.
                if (before == null || before.is() != GroupNews.Is.STOPPING) {
                    leavingSince.put(group.key(), now);
                }
            } else if (group.is() == GroupNews.Is.RUNNING) {
                leavingSince.remove(group.key());
            }
        }
    }
}
