// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.wire;

import io.metalha.node.core.Epoch;
import io.metalha.node.local.Message;
import io.metalha.node.mirror.state.DiskState;
import io.metalha.node.mirror.state.Generations;
import io.metalha.node.mirror.state.PeerMessage;
import io.metalha.node.mirror.state.PeerView;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** What two mirrors say to each other, as lines. */
public final class PeerCodec {
    private PeerCodec() {}

    public static Message encode(PeerView view) {
        return Message.of(
                "view",
                "data",
                view.data(),
                "copy",
                view.copy(),
                "sizeBytes",
                view.sizeBytes(),
                "disk",
                view.disk(),
                "generations",
                encode(view.generations()),
                "primary",
                view.primary(),
                "epoch",
                encode(view.epoch()),
                "attach",
                Long.toHexString(view.attach()),
                "dirty",
                view.dirty());
    }

    public static PeerView decodeView(Message line) {
        return new PeerView(
                UUID.fromString(line.get("data")),
                UUID.fromString(line.get("copy")),
                line.getLong("sizeBytes"),
                DiskState.valueOf(line.get("disk")),
                decodeGenerations(line.get("generations")),
                line.getBoolean("primary"),
                decodeEpoch(line.get("epoch")),
                Long.parseUnsignedLong(line.get("attach"), 16),
                line.getBoolean("dirty"));
    }

    public static Message encode(PeerMessage message) {
        return switch (message) {
            case PeerMessage.Role(var primary, var epoch, var generations) ->
                Message.of("role", "primary", primary, "epoch", encode(epoch), "generations", encode(generations));
            case PeerMessage.SyncBegin(var data, var size, var epoch) ->
                Message.of("sync-begin", "data", data, "sizeBytes", size, "epoch", encode(epoch));
            case PeerMessage.SyncReady _ -> Message.of("sync-ready");
            case PeerMessage.SyncDone(var source) -> Message.of("sync-done", "generations", encode(source));
            case PeerMessage.Synced _ -> Message.of("synced");
        };
    }

    public static PeerMessage decode(Message line) {
        return switch (line.verb()) {
            case "role" ->
                new PeerMessage.Role(
                        line.getBoolean("primary"),
                        decodeEpoch(line.get("epoch")),
                        decodeGenerations(line.get("generations")));
            case "sync-begin" ->
                new PeerMessage.SyncBegin(
                        UUID.fromString(line.get("data")), line.getLong("sizeBytes"), decodeEpoch(line.get("epoch")));
            case "sync-ready" -> new PeerMessage.SyncReady();
            case "sync-done" -> new PeerMessage.SyncDone(decodeGenerations(line.get("generations")));
            case "synced" -> new PeerMessage.Synced();
            default -> throw new IllegalArgumentException("the peer said '" + line.verb() + "'");
        };
    }

    private static String encode(Epoch epoch) {
        return epoch.toString();
    }

    private static Epoch decodeEpoch(String text) {
        return Epoch.parse(text);
    }

    /** {@code current/base,base/history,history}, unsigned hex. */
    private static String encode(Generations generations) {
        return Long.toHexString(generations.current())
                + "/" + encode(generations.bases())
                + "/" + encode(generations.history());
    }

    private static String encode(List<Long> values) {
        return values.stream().map(Long::toHexString).collect(Collectors.joining(","));
    }

    private static Generations decodeGenerations(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("no generations: " + text);
        }
        return new Generations(Long.parseUnsignedLong(parts[0], 16), decodeList(parts[1]), decodeList(parts[2]));
    }

    private static List<Long> decodeList(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(","))
                        .map(value -> Long.parseUnsignedLong(value, 16))
                        .toList();
    }
}
