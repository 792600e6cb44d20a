// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.filesystem;

import io.metalha.node.core.Epoch;
import io.metalha.node.linux.KernelException;
import io.metalha.node.linux.Mounts;
import io.metalha.node.resource.BoundedCall;
import io.metalha.node.resource.Deadline;
import io.metalha.node.resource.HostTool;
import io.metalha.node.resource.ResourceDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * One file system. Start replays the journal (the mount itself does), has marked errors preened first, never checks in
 * full by itself, and makes a file system only on a device that carries nothing. Stop names who keeps it busy; a hard
 * stop kills them.
 */
public final class Filesystem implements ResourceDriver {
    private static final Duration RETRY = Duration.ofMillis(20);

    /** A last try at the deadline gets this long, so that a busy mount is told from a frozen device. */
    private static final Duration CALL_MIN = Duration.ofMillis(100);

    private final FilesystemSettings settings;

    public Filesystem(FilesystemSettings settings) {
        this.settings = settings;
    }

    @Override
    public void warmUp() {
        try {
            MountTable.read().at(settings.mountPoint());
            // Loads what mount(2) needs; unmounting what is not there changes nothing.
            Mounts.unmount(Path.of("/proc/self/metalha-no-mount"), 0);
        } catch (IOException _) {
            // Expected.
        }
    }

    @Override
    public Outcome start(Epoch epoch, Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        try {
            if (!Files.exists(settings.device())) {
                return new Outcome.Failed(
                        "there is no device " + settings.device() + "; start the disk below it first");
            }
            Path device = settings.device().toRealPath();
            Optional<Outcome> standing = alreadyMounted(device);
            if (standing.isPresent()) {
                return standing.get();
            }
            Optional<String> unfit = makeFit(device, deadline);
            if (unfit.isPresent()) {
                return new Outcome.Failed(unfit.get());
            }
            makeDirectories(settings.mountPoint());
            return mount(device, deadline);
        } catch (TimeoutException _) {
            return new Outcome.Failed("mounting " + settings.device() + " did not end within " + timeout.toMillis()
                    + " ms; a long journal replay needs a longer startTimeout, a frozen device a look at its mirror");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("interrupted while mounting " + settings.device());
        } catch (IOException e) {
            return new Outcome.Failed("mounting " + settings.device() + " failed: " + e.getMessage());
        }
    }

    @Override
    public Outcome stop(Epoch epoch, boolean hard, Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        try {
            while (true) {
                MountTable table = MountTable.read();
                if (table.at(settings.mountPoint()).isEmpty()) {
                    return new Outcome.Done();
                }
                Optional<String> busy = unmount(table, hard, deadline);
                if (busy.isPresent() && deadline.passed()) {
                    return new Outcome.Failed(busy.get());
                }
                if (busy.isPresent()) {
                    Thread.sleep(RETRY);
                }
            }
        } catch (TimeoutException _) {
            return new Outcome.Failed("unmounting " + settings.mountPoint() + " did not end within "
                    + timeout.toMillis() + " ms; its device does not answer");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("interrupted while unmounting " + settings.mountPoint());
        } catch (IOException e) {
            return new Outcome.Failed("unmounting " + settings.mountPoint() + " failed: " + e.getMessage());
        }
    }

    @Override
    public Probe probe(Duration timeout) {
        try {
            Optional<MountTable.Entry> found = MountTable.read().at(settings.mountPoint());
            if (found.isEmpty()) {
                return new Probe.Stopped();
            }
            MountTable.Entry entry = found.get();
            if (!Files.exists(settings.device())
                    || !entry.device().equals(MountTable.deviceNumber(settings.device()))) {
                return new Probe.Failed(entry.source() + " is mounted on " + settings.mountPoint() + " instead of "
                        + settings.device() + "; unmount it");
            }
            if (entry.readOnly() && !MountOptions.of(settings.options()).readOnly()) {
                return new Probe.Failed(settings.mountPoint()
                        + " has gone read-only after an I/O error; see the kernel log, and the mirror's disk state");
            }
            return new Probe.Running();
        } catch (IOException e) {
            return new Probe.Unknown("the mount table cannot be read: " + e.getMessage());
        }
    }

    /** Open to all, whatever umask this process has: the service below runs as another user. */
    private static void makeDirectories(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent != null && !Files.exists(folder)) {
            makeDirectories(parent);
            Files.createDirectory(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private Optional<Outcome> alreadyMounted(Path device) throws IOException {
        MountTable table = MountTable.read();
        String number = MountTable.deviceNumber(device);
        Optional<MountTable.Entry> here = table.at(settings.mountPoint());
        if (here.isPresent()) {
            return Optional.of(
                    here.get().device().equals(number)
                            ? new Outcome.Done()
                            : new Outcome.Failed(here.get().source() + " is mounted on " + settings.mountPoint()
                                    + "; unmount it, and take it out of /etc/fstab"));
        }
        return table.ofDevice(number)
                .map(elsewhere -> new Outcome.Failed(settings.device() + " is mounted on " + elsewhere.mountPoint()
                        + "; unmount it there, and take it out of /etc/fstab"));
    }

    /** Empty when the device can be mounted, else the sentence. */
    private Optional<String> makeFit(Path device, Deadline deadline) throws IOException, InterruptedException {
        String type = settings.type().kernelName();
        return switch (Contents.read(device, deadline.left())) {
            case Contents.Ext(var errors)
            when settings.type() == FilesystemSettings.Type.EXT4 -> errors ? preen(device, deadline) : Optional.empty();
            case Contents.Xfs _ when settings.type() == FilesystemSettings.Type.XFS -> Optional.empty();
            case Contents.Unfinished _ -> new FirstContent(settings, device, deadline).make();
            case Contents.Blank _
            when settings.create() != FilesystemSettings.Create.NEVER ->
                new FirstContent(settings, device, deadline).make();
            case Contents.Blank _ ->
                Optional.of(settings.device() + " carries no file system; make one with mkfs." + type
                        + ", or set filesystem.create to IfBlank");
            case Contents.Ext _ -> Optional.of(settings.device() + " carries ext4, not " + type + "; correct the type");
            case Contents.Xfs _ -> Optional.of(settings.device() + " carries xfs, not " + type + "; correct the type");
            case Contents.Foreign(var what) ->
                Optional.of(settings.device() + " carries no " + type + " but " + what
                        + "; wipe it with wipefs and by hand if nothing on it is needed");
        };
    }

    /** e2fsck -p repairs what is safe to repair unasked; 0 and 1 mean clean now. */
    private Optional<String> preen(Path device, Deadline deadline) throws IOException, InterruptedException {
        String byHand = "; stop the group, then repair it by hand with e2fsck " + settings.device();
        try {
            HostTool.Result result = HostTool.run(List.of("e2fsck", "-p", device.toString()), deadline.left());
            return result.exitCode() <= 1
                    ? Optional.empty()
                    : Optional.of("the ext4 on " + settings.device() + " has errors that need a decision: "
                            + result.lastLine() + byHand);
        } catch (IOException e) {
            return Optional.of("the ext4 on " + settings.device() + " has errors, and " + e.getMessage() + byHand);
        }
    }

    private Outcome mount(Path device, Deadline deadline) throws IOException, TimeoutException, InterruptedException {
        MountOptions options = MountOptions.of(settings.options());
        try {
            BoundedCall.run(
                    "mount-" + settings.mountPoint(),
                    deadline.left(),
                    () -> Mounts.mount(
                            device,
                            settings.mountPoint(),
                            settings.type().kernelName(),
                            options.flags(),
                            options.data()));
            return new Outcome.Done();
        } catch (KernelException e) {
            String repair = settings.type() == FilesystemSettings.Type.XFS ? "xfs_repair " : "e2fsck ";
            return new Outcome.Failed(e.getMessage() + "; see the kernel log; if it is damaged, stop the group and use "
                    + repair + settings.device());
        }
    }

    private static Duration callTime(Deadline deadline) {
        Duration left = deadline.left();
        return left.compareTo(CALL_MIN) < 0 ? CALL_MIN : left;
    }

    /** Empty when the call went through, else who keeps it busy. */
    private Optional<String> unmount(MountTable table, boolean hard, Deadline deadline)
            throws IOException, TimeoutException, InterruptedException {
        Path target = settings.mountPoint();
        List<MountTable.Entry> inner = table.below(target);
        try {
            if (hard) {
                for (MountTable.Entry entry : inner) {
                    BoundedCall.run("unmount-inner", callTime(deadline), () -> Mounts.unmount(entry.mountPoint(), 0));
                }
            }
            BoundedCall.run("unmount-" + target, callTime(deadline), () -> Mounts.unmount(target, 0));
            return Optional.empty();
        } catch (KernelException e) {
            if (!e.isBusy()) {
                throw e;
            }
        }
        if (!hard && !inner.isEmpty()) {
            return Optional.of(target + " cannot be unmounted: "
                    + inner.getFirst().mountPoint() + " is mounted inside it; unmount that first");
        }
        List<MountUsers.User> users = MountUsers.of(target);
        if (hard) {
            users.forEach(user -> ProcessHandle.of(user.pid()).ifPresent(ProcessHandle::destroyForcibly));
        }
        return Optional.of(
                users.isEmpty()
                        ? target + " cannot be unmounted, and no process was found that uses it; look for a swap file,"
                                + " a loop device or an NFS export on it"
                        : target + " is in use by " + MountUsers.text(users) + "; let them end, then try again");
    }
}
