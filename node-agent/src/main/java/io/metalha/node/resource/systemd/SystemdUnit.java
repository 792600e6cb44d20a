// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.systemd;

import io.metalha.node.core.Epoch;
import io.metalha.node.resource.Deadline;
import io.metalha.node.resource.ResourceDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/**
 * One unit. It is the group's from the moment the group is configured here ({@link #warmUp} takes it over); a unit that
 * cannot be taken over is not started. A hard stop kills the unit's cgroup and does not ask systemd to be gentle.
 */
public final class SystemdUnit implements ResourceDriver {
    private static final Duration LOOK = Duration.ofMillis(5);

    /** A killed unit whose empty cgroup systemd has not removed for so long has nothing more to run. */
    private static final Duration QUIET = Duration.ofMillis(50);

    private final SystemdUnitSettings settings;
    private final Systemd systemd;
    private final UnitTakeover takeover;
    private final GroupSlice slice;

    public SystemdUnit(SystemdUnitSettings settings, Systemd systemd) {
        this.settings = settings;
        this.systemd = systemd;
        this.takeover = new UnitTakeover(settings.units(), settings.held(), systemd);
        this.slice = new GroupSlice(settings.group());
    }

    /** For the keeper's stop list: everything the group's units run, relative to the systemd hierarchy. */
    public String cgroupPath() {
        return slice.cgroupPath();
    }

    /** Takes the unit over, and ends it if it runs although the group is not held here (as Debian starts it at boot). */
    @Override
    public void warmUp() {
        try {
            takeover.take(settings.unit(), settings.group());
            UnitState state = systemd.state(settings.unit());
            if ((state.isActive() || state.isChanging()) && !isHeld()) {
                log("stopping " + settings.unit() + ", which ran although group " + settings.group()
                        + " is not held on this server");
                systemd.stop(settings.unit(), Duration.ofSeconds(30));
            }
        } catch (IOException e) {
            log(e.getMessage() + "; the start will try again");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Outcome start(Epoch epoch, Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        try {
            takeover.take(settings.unit(), settings.group());
            UnitState before = systemd.state(settings.unit());
            String unfit = unfit(before);
            if (!unfit.isEmpty()) {
                return new Outcome.Failed(unfit);
            }
            if (!isHeld()) {
                return new Outcome.Failed("group " + settings.group() + " is not held on this server ("
                        + takeover.marker(settings.group()) + " is missing), so systemd would skip " + settings.unit());
            }
            if (before.isActive() && before.isIn(slice)) {
                return new Outcome.Done();
            }
            if (before.isActive() && settings.unit().endsWith(".service")) {
                // Started by somebody before it was taken over: out of reach of the keeper's stop list.
                systemd.stop(settings.unit(), deadline.left());
            }
            if (before.isFailed()) {
                systemd.resetFailed(settings.unit());
            }
            return started(systemd.start(settings.unit(), deadline.left()), timeout);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("interrupted while starting " + settings.unit());
        } catch (IOException e) {
            return new Outcome.Failed("starting " + settings.unit() + " failed: " + e.getMessage());
        }
    }

    @Override
    public Outcome stop(Epoch epoch, boolean hard, Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        try {
            if (hard) {
                return kill(slice.cgroupPath() + "/" + settings.unit(), deadline);
            }
            UnitState before = systemd.state(settings.unit());
            if (!before.isActive() && !before.isChanging() && processes(before).isEmpty()) {
                return new Outcome.Done();
            }
            String job = systemd.stop(settings.unit(), deadline.left());
            return switch (job) {
                case "done" -> gone(before, deadline, timeout);
                case "pending" ->
                    new Outcome.Failed(settings.unit() + " did not stop within " + timeout.toMillis()
                            + " ms; its TimeoutStopSec is longer; a hard stop kills it");
                default -> new Outcome.Failed("systemd's stop of " + settings.unit() + " ended as " + job);
            };
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("interrupted while stopping " + settings.unit());
        } catch (IOException e) {
            return new Outcome.Failed("stopping " + settings.unit() + " failed: " + e.getMessage());
        }
    }

    @Override
    public Probe probe(Duration timeout) {
        try {
            UnitState state = systemd.state(settings.unit());
            if (state.isActive()) {
                return new Probe.Running();
            }
            if (state.isChanging()) {
                return new Probe.Unknown(settings.unit() + " is " + state.active() + " (" + state.sub() + ")");
            }
            List<Long> left = processes(state);
            if (!left.isEmpty()) {
                return new Probe.Failed(
                        settings.unit() + " is " + state.active() + " but processes " + left + " of it are left");
            }
            return new Probe.Stopped();
        } catch (IOException e) {
            return new Probe.Unknown("systemd does not say how " + settings.unit() + " is: " + e.getMessage());
        }
    }

    /** systemd tells of a main process's death within milliseconds. */
    @Override
    public Watch watch(Runnable changed) {
        try {
            return systemd.watch(settings.unit(), changed);
        } catch (IOException e) {
            log("changes of " + settings.unit() + " are not heard, only looked for: " + e.getMessage());
            return () -> {};
        }
    }

    @Override
    public void forget() {
        try {
            takeover.giveBack(settings.unit(), settings.group());
        } catch (IOException e) {
            log("giving " + settings.unit() + " back failed: " + e.getMessage());
        }
    }

    private String unfit(UnitState state) {
        return switch (state.load()) {
            case "loaded" -> "";
            case "not-found" ->
                "there is no unit " + settings.unit() + " on this server; install its package, or correct systemd.unit";
            case "masked" ->
                settings.unit() + " is masked on this server, so it cannot be taken over; systemctl unmask it";
            default ->
                settings.unit() + " cannot be taken over: systemd shows it as " + state.load()
                        + "; see systemctl status " + settings.unit();
        };
    }

    /** A job that is "done" says only that systemd did what it was to do, and a unit with a false condition is skipped. */
    private Outcome started(String job, Duration timeout) throws IOException {
        UnitState after = systemd.state(settings.unit());
        boolean oneShotDone =
                after.active().equals("inactive") && after.result().equals("success") && isHeld();
        if (job.equals("done") && (after.isActive() || oneShotDone)) {
            return new Outcome.Done();
        }
        String see = "; see journalctl -u " + settings.unit();
        if (job.equals("pending")) {
            return new Outcome.Failed(settings.unit() + " was not up within " + timeout.toMillis() + " ms (it is "
                    + after.active() + ", " + after.sub() + ")" + see);
        }
        return new Outcome.Failed(settings.unit() + " did not start: its job ended as " + job + ", the unit is "
                + after.active() + " (" + after.result() + ")" + see);
    }

    /**
     * By the kernel alone: the bus and systemd may be as stalled as what is to die. Again and again, because what systemd
     * runs after a main process's death (ExecStopPost) begins in the same cgroup; it removes the cgroup when all is over.
     */
    private Outcome kill(String cgroup, Deadline deadline) throws InterruptedException {
        Deadline quiet = Deadline.in(QUIET);
        do {
            if (!GroupSlice.exists(cgroup)) {
                return new Outcome.Done();
            }
            if (GroupSlice.processes(cgroup).isEmpty()) {
                if (quiet.passed()) {
                    return new Outcome.Done();
                }
            } else {
                quiet = Deadline.in(QUIET);
                GroupSlice.kill(cgroup);
            }
            Thread.sleep(LOOK);
        } while (!deadline.passed());
        return new Outcome.Failed("processes " + GroupSlice.processes(cgroup) + " of " + settings.unit()
                + " survive SIGKILL; they wait for a device");
    }

    private Outcome gone(UnitState before, Deadline deadline, Duration timeout) throws InterruptedException {
        while (!processes(before).isEmpty()) {
            if (deadline.passed()) {
                return new Outcome.Failed("processes " + processes(before) + " of " + settings.unit() + " are left "
                        + timeout.toMillis() + " ms after its stop; a hard stop kills them");
            }
            Thread.sleep(LOOK);
        }
        return new Outcome.Done();
    }

    private static List<Long> processes(UnitState state) {
        return state.controlGroup().isEmpty() ? List.of() : GroupSlice.processes(state.controlGroup());
    }

    private boolean isHeld() {
        return Files.exists(takeover.marker(settings.group()));
    }

    private static void log(String sentence) {
        System.getLogger(SystemdUnit.class.getName()).log(System.Logger.Level.WARNING, sentence);
    }
}
