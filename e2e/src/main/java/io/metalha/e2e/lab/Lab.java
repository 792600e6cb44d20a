// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.lab;

import io.metalha.e2e.client.RawClock;
import io.metalha.e2e.lab.Commands.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** The lab's machines and cables, driven through examples/lab/lab as a person would. */
public final class Lab {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration BOOT = Duration.ofSeconds(120);
    private static final long DEATH_WATCH_NANOS = 2_000_000;
    private static final String CONTAINER_PREFIX = "metalha-lab-";

    private final Topology topology;
    private final String script;

    public Lab(Topology topology) {
        this.topology = topology;
        this.script = topology.root().resolve("examples/lab/lab").toString();
    }

    public Topology topology() {
        return topology;
    }

    /**
     * Power loss: nothing is flushed, nothing is told.
     *
     * @return when the last process of the machine was gone. The first process of a container leaves the process table
     *     after all others, so its end is theirs.
     */
    public long kill(String node) {
        String pid = Commands.run(SOON, "docker", "inspect", "-f", "{{.State.Pid}}", CONTAINER_PREFIX + node)
                .orFail()
                .output()
                .strip();
        Path init = Path.of("/proc", pid);
        var death = new FutureTask<>(() -> {
            while (Files.exists(init) && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(DEATH_WATCH_NANOS);
            }
            return RawClock.nanos();
        });
        Thread watcher = Thread.ofPlatform().daemon().name("death of " + node).start(death);
        try {
            lab(SOON, "kill", node);
            return death.get(SOON.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the death of " + node + " was not seen", e);
        } finally {
            watcher.interrupt();
        }
    }

    public void revive(String node) {
        lab(BOOT, "revive", node);
    }

    /** Pulls cables at once; {@code node} may be {@code servers} or {@code all}, {@code network} {@code both}. */
    public void cut(String node, String network) {
        lab(SOON, "cut", node, network);
    }

    public void heal() {
        lab(SOON, "heal");
    }

    /** Every process of the machine stands still, as when a hypervisor pauses it; the network goes on. */
    public void freeze(String node) {
        lab(SOON, "freeze", node);
    }

    public void thaw(String node) {
        lab(SOON, "thaw", node);
    }

    /** Where the lab keeps disks, cuts and the logs of its watchdogs. */
    public static Path state() {
        return Path.of(Optional.ofNullable(System.getenv("METALHA_LAB_STATE")).orElse("/var/lib/metalha-lab"));
    }

    /** How often the server's watchdog has reset it. */
    public long resets(String node) {
        Path log = state().resolve("watchdogs").resolve(node).resolve("log");
        try {
            return Files.exists(log)
                    ? Files.readString(log)
                            .lines()
                            .filter(line -> line.endsWith(": reset"))
                            .count()
                    : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void stopApi() {
        lab(SOON, "stop-api");
    }

    public void startApi() {
        lab(BOOT, "start-api");
    }

    public void stopOperator() {
        lab(SOON, "stop-operator");
    }

    public void startOperator() {
        lab(BOOT, "start-operator");
    }

    public Path kubeconfig() {
        return Path.of(lab(SOON, "kubeconfig").output().strip());
    }

    private Result lab(Duration bound, String... words) {
        var command = new ArrayList<String>();
        command.add(script);
        command.addAll(List.of(words));
        return Commands.run(bound, command.toArray(String[]::new)).orFail();
    }

    public boolean runs(String node) {
        return Commands.run(SOON, "docker", "inspect", "-f", "{{.State.Running}}", CONTAINER_PREFIX + node)
                .output()
                .strip()
                .equals("true");
    }

    /** Runs a program on a machine. */
    public Result exec(String node, String... words) {
        return exec(SOON, node, words);
    }

    /** Runs a program on a machine that may take so long. */
    public Result exec(Duration bound, String node, String... words) {
        var command = new ArrayList<>(List.of("docker", "exec", CONTAINER_PREFIX + node));
        command.addAll(List.of(words));
        return Commands.run(bound, command.toArray(String[]::new));
    }

    /** Sends a signal to the main process of a unit, and to no other. */
    public void signal(String node, String unit, String signal) {
        exec(node, "systemctl", "kill", "--kill-who=main", "--signal=" + signal, unit)
                .orFail();
    }

    /** The messages of a unit, of all boots; empty when the machine is off. */
    public String messages(String node, String unit) {
        Result result = exec(node, "journalctl", "-o", "cat", "--no-pager", "-u", unit);
        return result.ok() ? result.output() : "";
    }

    /** The end of a machine's journal as a person reads it. */
    public String journalText(String node, int lines) {
        return exec(node, "journalctl", "--no-pager", "-o", "short-monotonic", "-n", String.valueOf(lines))
                .output();
    }
}
