// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.filesystem;

import io.metalha.node.resource.Deadline;
import io.metalha.node.resource.HostTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes a file system on a device that carries nothing, and fills it with what the mount point's directory held where
 * that is asked for: a package's fresh data directory becomes the group's.
 *
 * <p>Until it is filled it carries a label of ours, so that a crash in mid-copy cannot pass half a copy off as the data:
 * the next start meets the label and begins anew. Taking the label off is the last step, after everything was flushed.
 */
final class FirstContent {
    /** Twelve characters is all that xfs has room for. */
    static final String UNFINISHED_LABEL = "metalha-new";

    private static final Path FILL = Path.of("/run/metalha/fill");

    private final FilesystemSettings settings;
    private final Path device;
    private final Deadline deadline;

    FirstContent(FilesystemSettings settings, Path device, Deadline deadline) {
        this.settings = settings;
        this.device = device;
        this.deadline = deadline;
    }

    /** Empty when the device can be mounted, else the sentence. */
    Optional<String> make() throws IOException, InterruptedException {
        boolean ext = settings.type() == FilesystemSettings.Type.EXT4;
        boolean fill = settings.create() == FilesystemSettings.Create.IF_BLANK_FROM_MOUNT_POINT
                && Files.isDirectory(settings.mountPoint());
        List<String> mkfs = new ArrayList<>(List.of("mkfs." + settings.type().kernelName(), "-q"));
        // Only a device that is blank, or carries our own unfinished label, comes here.
        mkfs.add(ext ? "-F" : "-f");
        if (fill) {
            mkfs.addAll(List.of("-L", UNFINISHED_LABEL));
        }
        mkfs.add(device.toString());
        Optional<String> failed = run(mkfs);
        if (failed.isPresent() || !fill) {
            return failed;
        }
        return fill().or(() -> finish(ext));
    }

    private Optional<String> fill() throws IOException, InterruptedException {
        Files.createDirectories(FILL);
        Path target = Files.createTempDirectory(FILL, "new");
        try {
            Optional<String> failed = run(List.of("mount", device.toString(), target.toString()));
            if (failed.isPresent()) {
                return failed;
            }
            // The copy keeps owners, modes and times of the directory itself, too.
            Optional<String> copied = run(List.of("cp", "-a", settings.mountPoint() + "/.", target.toString()));
            return copied.or(() -> unchecked(List.of("sync", "-f", target.toString())));
        } finally {
            HostTool.run(List.of("umount", target.toString()), deadline.left());
            Files.deleteIfExists(target);
        }
    }

    private Optional<String> finish(boolean ext) {
        return unchecked(
                ext
                        ? List.of("tune2fs", "-L", "", device.toString())
                        : List.of("xfs_admin", "-L", "--", device.toString()));
    }

    private Optional<String> unchecked(List<String> command) {
        try {
            return run(command);
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.of(command.getFirst() + " was interrupted");
        }
    }

    private Optional<String> run(List<String> command) throws IOException, InterruptedException {
        HostTool.Result result = HostTool.run(command, deadline.left());
        return result.exitCode() == 0
                ? Optional.empty()
                : Optional.of("making the file system on " + settings.device() + " failed at " + command.getFirst()
                        + ": " + result.lastLine());
    }
}
