// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The kernel's own NBD client, set up by nbd-client(8). */
final class KernelNbd implements Attachment {
    private static final int DEVICES_MAX = 256;

    private final Path socket;
    private @Nullable Path node;

    KernelNbd(Path socket) {
        this.socket = socket;
    }

    @Override
    public String name() {
        return "nbd";
    }

    @Override
    public Path attach() throws IOException {
        Path current = node;
        if (current != null) {
            return current;
        }
        for (int number = 0; number < DEVICES_MAX; number++) {
            Path candidate = Path.of("/dev/nbd" + number);
            if (!Files.exists(candidate)) {
                break;
            }
            if (!Files.exists(Path.of("/sys/block/nbd" + number + "/pid"))) {
                Programs.run("nbd-client", "-unix", socket.toString(), candidate.toString(), "-b", "4096");
                node = candidate;
                return candidate;
            }
        }
        throw new IOException("no free /dev/nbd device");
    }

    @Override
    public boolean isInUse() throws IOException {
        if (node == null) {
            return false;
        }
        try {
            Kernel.close(Kernel.open(node.toString(), Kernel.O_RDWR | Kernel.O_EXCL));
            return false;
        } catch (Kernel.SystemCallException e) {
            return e.errno() == Kernel.EBUSY;
        }
    }

    @Override
    public void detach() throws IOException {
        if (node != null) {
            int device = Kernel.open(node.toString(), Kernel.O_RDWR);
            try {
                Kernel.fsync(device);
            } finally {
                Kernel.close(device);
            }
            sever();
        }
    }

    @Override
    public void sever() throws IOException {
        Path current = node;
        node = null;
        if (current != null) {
            Programs.run("nbd-client", "-d", current.toString());
        }
    }
}
