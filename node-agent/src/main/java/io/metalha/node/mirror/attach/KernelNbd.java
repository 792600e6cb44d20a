// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.attach;

import io.metalha.node.linux.Devices;
import io.metalha.node.linux.KernelException;
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
            Devices.close(Devices.open(node, Devices.O_RDWR | Devices.O_EXCL));
            return false;
        } catch (KernelException e) {
            return e.isBusy();
        }
    }

    @Override
    public void detach() throws IOException {
        if (node != null) {
            int device = Devices.open(node, Devices.O_RDWR);
            try {
                Devices.fsync(device);
            } finally {
                Devices.close(device);
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
