// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.mirror.attach.Attachment;
import io.metalha.node.mirror.data.DataPath;
import io.metalha.node.mirror.nbd.NbdServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A mirror's block device: NBD server, attachment and link, one task after the other on a thread of its own. */
final class Device {
    private static final long DRAIN_MILLIS = 5000;

    private final Path socket;
    private final Path link;
    private final DataPath data;
    private final Attachment attachment;
    private final ExecutorService tasks;
    private @Nullable NbdServer server;
    private long servedBytes;
    private volatile boolean attached;

    /** How a task ended: the device or "", or why not. */
    interface Outcome {
        void told(boolean ok, String said);
    }

    /** A task's work; gives what is said on success. */
    private interface Work {
        String run() throws IOException;
    }

    Device(MirrorPaths paths, String mirror, DataPath data, long sizeBytes) {
        this.socket = paths.nbdSocket(mirror);
        this.link = paths.device(mirror);
        this.data = data;
        this.attachment = Attachment.choose(paths.nbdDirectory(), mirror, socket);
        this.servedBytes = sizeBytes;
        this.tasks = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("mirror-device-" + mirror).factory());
    }

    /** {@code nbd} or {@code nbdfuse} while attached, else {@code -}. */
    String attach() {
        return attached ? attachment.name() : "-";
    }

    /** Starts what a promotion need not wait for. */
    void prepare() {
        run(
                () -> {
                    Files.deleteIfExists(link);
                    serve(servedBytes);
                    return "";
                },
                (ok, said) -> {
                    if (!ok) {
                        System.err.println(link + ": " + said);
                    }
                });
    }

    private void serve(long sizeBytes) throws IOException {
        if (server != null && servedBytes != sizeBytes) {
            attachment.sever();
            server.close();
            server = null;
        }
        if (server == null) {
            server = NbdServer.listen(socket, data, sizeBytes);
            servedBytes = sizeBytes;
        }
        attachment.prepare();
    }

    void attach(long sizeBytes, Outcome outcome) {
        run(
                () -> {
                    serve(sizeBytes);
                    Path node = attachment.attach();
                    Files.createDirectories(link.getParent());
                    Path unready = link.resolveSibling(link.getFileName() + ".new");
                    Files.deleteIfExists(unready);
                    Files.createSymbolicLink(unready, node);
                    Files.move(unready, link, StandardCopyOption.ATOMIC_MOVE);
                    attached = true;
                    return link.toString();
                },
                outcome);
    }

    /** Takes the device away unless it is in use, then makes both copies equal and durable. */
    void release(DataPath drained, Outcome outcome) {
        run(
                () -> {
                    if (attachment.isInUse()) {
                        throw new IOException(link + " is in use; unmount it first");
                    }
                    attachment.detach();
                    Files.deleteIfExists(link);
                    attached = false;
                    if (!drained.drain(DRAIN_MILLIS)) {
                        throw new IOException("the last flush did not end within " + DRAIN_MILLIS + " ms");
                    }
                    return "";
                },
                outcome);
    }

    /** Takes the device away at once and for ever from whoever has it; a fresh one is made ready. */
    void sever(Outcome outcome) {
        run(
                () -> {
                    attached = false;
                    Files.deleteIfExists(link);
                    if (server != null) {
                        server.close();
                        server = null;
                    }
                    attachment.sever();
                    return "";
                },
                outcome);
        prepare();
    }

    void close() {
        run(
                () -> {
                    attached = false;
                    Files.deleteIfExists(link);
                    attachment.sever();
                    if (server != null) {
                        server.close();
                    }
                    return "";
                },
                (_, _) -> {});
        tasks.close();
    }

    private void run(Work work, Outcome outcome) {
        tasks.execute(() -> {
            String said;
            boolean ok = false;
            try {
                said = work.run();
                ok = true;
            } catch (IOException e) {
                said = String.valueOf(e.getMessage());
            } catch (RuntimeException e) {
                e.printStackTrace();
                said = e.toString();
            }
            outcome.told(ok, said);
        });
    }
}
