// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.peer;

import io.metalha.node.agent.known.GroupNews;
import io.metalha.node.placement.PathReport.Carrier;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What an agent tells all others with the heartbeats, in at most {@value #BYTES_MAX} bytes before base64url:
 *
 * <pre>
 *   1 format (1)  4 beat  1 paths { 4 hash of the name  1 carrier  1 heard { 2 voter number } }
 *   1 groups { 4 first half of the key  1 phase  1 flags  1 failovers  2 move to  1 move kind  4 stop mark  2 start }
 * </pre>
 *
 * <p>More groups than fit take turns from beat to beat; a reader keeps the last it heard of each.
 */
public record Blob(int beat, List<Path> paths, List<GroupNews> groups) {
    public static final int BYTES_MAX = 440;
    /** In the place of a beat: the last that an agent tells, for its server is being shut down in order. */
    public static final int GOING_DOWN = -2;

    private static final int FORMAT = 1;
    private static final int GROUP_BYTES = 16;

    public Blob {
        paths = List.copyOf(paths);
        groups = List.copyOf(groups);
    }

    /** @param name hash of the path's name */
    public record Path(int name, Carrier carrier, List<Integer> heard) {
        public Path {
            heard = List.copyOf(heard);
        }
    }

    /** As many groups as fit, beginning at a place that goes round with the beat. */
    public String encode() {
        ByteBuffer out = ByteBuffer.allocate(BYTES_MAX);
        out.put((byte) FORMAT).putInt(beat).put((byte) paths.size());
        for (Path path : paths) {
            out.putInt(path.name()).put((byte) path.carrier().ordinal());
            out.put((byte) path.heard().size());
            path.heard().forEach(number -> out.putShort(number.shortValue()));
        }
        int room = (out.remaining() - 1) / GROUP_BYTES;
        int count = Math.min(room, groups.size());
        out.put((byte) count);
        int from = groups.size() <= room ? 0 : Math.floorMod(beat * room, groups.size());
        for (int i = 0; i < count; i++) {
            put(out, groups.get((from + i) % groups.size()));
        }
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static void put(ByteBuffer out, GroupNews group) {
        int flags = (group.promotable() ? 1 : 0) | (group.failedHere() ? 2 : 0);
        out.putInt(group.key()).put((byte) group.is().ordinal()).put((byte) flags);
        out.put((byte) Math.min(group.failovers(), 255)).putShort((short) group.moveTo());
        out.put((byte) group.move().ordinal()).putInt(group.stopMark());
        out.putShort((short) Math.min(group.startMillis() / 10, 0xffff));
    }

    /** Empty for what another version wrote. */
    public static Optional<Blob> decode(String text) {
        try {
            ByteBuffer in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            if (in.get() != FORMAT) {
                return Optional.empty();
            }
            int beat = in.getInt();
            List<Path> paths = new ArrayList<>();
            for (int left = in.get() & 0xff; left > 0; left--) {
                int name = in.getInt();
                Carrier carrier = Carrier.values()[in.get()];
                List<Integer> heard = new ArrayList<>();
                for (int more = in.get() & 0xff; more > 0; more--) {
                    heard.add(in.getShort() & 0xffff);
                }
                paths.add(new Path(name, carrier, heard));
            }
            List<GroupNews> groups = new ArrayList<>();
            for (int left = in.get() & 0xff; left > 0; left--) {
                groups.add(group(in));
            }
            return Optional.of(new Blob(beat, paths, groups));
        } catch (BufferUnderflowException | IllegalArgumentException | ArrayIndexOutOfBoundsException _) {
            return Optional.empty();
        }
    }

    private static GroupNews group(ByteBuffer in) {
        int key = in.getInt();
        GroupNews.Is is = GroupNews.Is.values()[in.get()];
        int flags = in.get();
        int failovers = in.get() & 0xff;
        int moveTo = in.getShort() & 0xffff;
        GroupNews.MoveKind move = GroupNews.MoveKind.values()[in.get()];
        int stopMark = in.getInt();
        long startMillis = (in.getShort() & 0xffff) * 10L;
        return new GroupNews(
                key, is, (flags & 1) != 0, (flags & 2) != 0, failovers, moveTo, move, stopMark, startMillis);
    }
}
