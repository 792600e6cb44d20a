// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.disk;

import io.metalha.node.mirror.state.BlockSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;

/** The dirty bitmap on disk: 128 bytes an extent, 32 extents a page. One thread at a time. */
public final class BitmapStore {
    private static final int EXTENT_BYTES = BlockSet.EXTENT_LONGS * Long.BYTES;
    private static final int PAGE_EXTENTS = MetadataLayout.PAGE / EXTENT_BYTES;

    private final BackingDevice device;
    private final long sizeBytes;
    private final ByteBuffer page = ByteBuffer.allocateDirect(MetadataLayout.PAGE);
    /** Pages that are not all zero on disk. */
    private final BitSet marked = new BitSet();

    public BitmapStore(BackingDevice device, long sizeBytes) {
        this.device = device;
        this.sizeBytes = sizeBytes;
    }

    public BlockSet read() throws IOException {
        BlockSet dirty = new BlockSet(sizeBytes);
        for (int at = 0; at * PAGE_EXTENTS < dirty.extents(); at++) {
            page.clear();
            device.readMetadata(page, offset(at));
            page.flip();
            for (int i = 0; i < PAGE_EXTENTS; i++) {
                long[] words = new long[BlockSet.EXTENT_LONGS];
                page.asLongBuffer().position(i * BlockSet.EXTENT_LONGS).get(words);
                int extent = at * PAGE_EXTENTS + i;
                if (extent < dirty.extents()) {
                    dirty.orExtent(extent, words);
                }
            }
            for (int i = 0; i < MetadataLayout.PAGE; i += Long.BYTES) {
                if (page.getLong(i) != 0) {
                    marked.set(at);
                    break;
                }
            }
        }
        return dirty;
    }

    /** Saves what {@code dirty} says of these extents; durable when it returns. */
    public void save(BlockSet dirty, List<Integer> extents) throws IOException {
        BitSet pages = new BitSet();
        extents.forEach(extent -> pages.set(extent / PAGE_EXTENTS));
        savePages(dirty, pages);
    }

    /** Saves all of it; durable when it returns. */
    public void saveAll(BlockSet dirty) throws IOException {
        BitSet pages = (BitSet) marked.clone();
        for (int extent = 0; extent < dirty.extents(); extent++) {
            if (dirty.touchesExtent(extent)) {
                pages.set(extent / PAGE_EXTENTS);
            }
        }
        savePages(dirty, pages);
    }

    private void savePages(BlockSet dirty, BitSet pages) throws IOException {
        for (int at = pages.nextSetBit(0); at >= 0; at = pages.nextSetBit(at + 1)) {
            boolean any = false;
            page.clear();
            for (int extent = at * PAGE_EXTENTS; extent < (at + 1) * PAGE_EXTENTS; extent++) {
                boolean touched = extent < dirty.extents() && dirty.touchesExtent(extent);
                any |= touched;
                long[] words = touched ? dirty.extent(extent) : new long[BlockSet.EXTENT_LONGS];
                for (long word : words) {
                    page.putLong(word);
                }
            }
            if (any || marked.get(at)) {
                device.writeMetadata(page.flip(), offset(at));
            }
            marked.set(at, any);
        }
    }

    private long offset(int at) {
        return device.layout().bitmapOffset() + (long) at * MetadataLayout.PAGE;
    }
}
