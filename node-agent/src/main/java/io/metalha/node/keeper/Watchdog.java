// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.linux.RealTime;
import io.metalha.node.linux.WatchdogDevice;
import io.metalha.node.watchdog.ResetRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the watchdog while {@link ResetRule} says so. A thread of its own, because a driver may take its time (IPMI: tens of
 * milliseconds) and a heartbeat must not wait for it; real-time like the loop, so that load alone resets no server.
 */
final class Watchdog implements AutoCloseable {
    /** Fed this many times a timeout: two may be missed. */
    private static final int FEEDS_A_TIMEOUT = 4;

    /** In status, and looked for there by the agent. */
    static final String STAYS = ", and stays so until the next boot (nowayout)";

    private static final int PRIORITY = 45;
    private static final Duration OPEN_AGAIN = Duration.ofSeconds(5);
    private static final long JOIN_MILLIS = 1_000;

    /**
     * Which device, and its limits.
     *
     * @param timeout  the device's own; also how long the loop may stand still before it is left to run out
     * @param stopLimit how long a stop list may take
     */
    record Settings(Path device, Duration timeout, Duration stopLimit) {}

    private final Settings settings;
    private final Path marker;
    private final Path devices;
    private final MonotonicClock clock;
    private final KeeperLog log;
    private final ResetRule rule;
    private final Thread thread = new Thread(this::run, "watchdog");
    private volatile boolean busy;
    private volatile long turnedNanos;
    private volatile long endingSinceNanos;
    private volatile String state = "not needed yet";
    private volatile boolean closed;
    private @Nullable WatchdogDevice device;
    private boolean stays;
    private long openAgainNanos;

    /** @param marker in /run: there while the device is armed, so that a keeper after this one knows */
    Watchdog(Settings settings, Path marker, MonotonicClock clock, KeeperLog log) {
        this(settings, marker, Path.of("/sys/class/watchdog"), clock, log);
    }

    Watchdog(Settings settings, Path marker, Path devices, MonotonicClock clock, KeeperLog log) {
        this.settings = settings;
        this.devices = devices;
        this.marker = marker;
        this.clock = clock;
        this.log = log;
        this.rule = new ResetRule(
                settings.timeout().toNanos() / 2, settings.stopLimit().toNanos());
        this.turnedNanos = clock.nanos();
        thread.setDaemon(true);
        thread.start();
    }

    /** Each turn of the loop. Allocates nothing. */
    void turned(long nowNanos, boolean nowBusy, long oldestEndingNanos) {
        endingSinceNanos = oldestEndingNanos;
        turnedNanos = nowNanos;
        if (busy != nowBusy) {
            busy = nowBusy;
            LockSupport.unpark(thread);
        }
    }

    /** In words, for status. Any thread. */
    String state() {
        return state;
    }

    private void run() {
        RealTime.schedule(PRIORITY);
        if (Files.exists(marker)) {
            // A former keeper armed it. Left alone it would reset a server on which, perhaps, nothing is held any more.
            feed(clock.nanos());
        }
        long pause = settings.timeout().toNanos() / FEEDS_A_TIMEOUT;
        while (!closed) {
            long now = clock.nanos();
            switch (rule.decide(now, busy, turnedNanos, endingSinceNanos)) {
                case DISARM -> rest(now);
                case FEED -> feed(now);
                case STARVE -> starve();
            }
            LockSupport.parkNanos(pause);
        }
    }

    private void feed(long now) {
        try {
            WatchdogDevice open = device;
            if (open == null) {
                if (now < openAgainNanos) {
                    return;
                }
                open = new WatchdogDevice(settings.device());
                device = open;
                int seconds = Math.toIntExact(
                        TimeUnit.NANOSECONDS.toSeconds(settings.timeout().toNanos()));
                int real = open.timeout(seconds);
                mark();
                stays = WatchdogDevice.staysArmed(settings.device(), devices);
                become(settings.device() + " armed, " + (real == 0 ? seconds : real) + " s" + (stays ? STAYS : ""));
            }
            open.feed();
        } catch (IOException e) {
            openAgainNanos = now + OPEN_AGAIN.toNanos();
            become("not armed: " + e.getMessage());
            close(device);
        }
    }

    /** One that stays armed is fed for as long as this keeper runs: closing it would reset a server that did nothing wrong. */
    private void rest(long now) {
        if (stays && device != null) {
            feed(now);
        } else {
            disarm();
        }
    }

    private void disarm() {
        WatchdogDevice open = device;
        if (open != null) {
            try {
                device = null;
                open.disarm();
                Files.deleteIfExists(marker);
                become("disarmed: nothing is held here");
            } catch (IOException e) {
                become("cannot be disarmed: " + e.getMessage());
            }
        }
    }

    private void mark() throws IOException {
        if (!Files.exists(marker)) {
            Files.createFile(marker);
        }
    }

    private void starve() {
        become("no longer fed: " + rule.reason()
                + (device == null ? "; there is no device to reset this server" : "; it will reset this server"));
    }

    private void close(@Nullable WatchdogDevice open) {
        device = null;
        if (open != null) {
            open.close();
        }
    }

    private void become(String next) {
        if (!next.equals(state)) {
            state = next;
            log.line("watchdog: " + next);
        }
    }

    /**
     * Another configuration comes. It may name another device, or none: then what stayed armed would reset the server, though all that was
     * changed is a manifest. So it is disarmed, and armed again by the next one; but not when it was left to run out.
     */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            return;
        }
        if (rule.reason().isEmpty() && stays && device != null) {
            log.line("watchdog: " + settings.device()
                    + " cannot be disarmed (nowayout): unless the next configuration names it, too, it resets"
                    + " this server within " + settings.timeout().toSeconds() + " s");
            close(device);
        } else if (rule.reason().isEmpty()) {
            disarm();
        } else {
            close(device);
        }
    }
}
