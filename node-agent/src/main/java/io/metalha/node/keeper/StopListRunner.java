// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.RealTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Ends a group's effects when its lease ended: the kernel has cut the addresses already, here the held marker goes and
 * the processes are killed. Killing goes on until nothing is left or {@link #BOUND} passed; processes that wait for a
 * frozen mirror die only after the agent has failed their requests, so the agent is told after the first round.
 */
final class StopListRunner {
    static final Duration BOUND = Duration.ofSeconds(30);
    private static final Duration ROUND = Duration.ofMillis(2);
    private static final int PRIORITY = 40;

    private record Order(StopList list, Runnable afterFirstRound) {}

    private final LinkedBlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private final KeeperPaths paths;
    private final Cgroups cgroups;
    private final KeeperLog log;

    StopListRunner(KeeperPaths paths, Cgroups cgroups, KeeperLog log) {
        this.paths = paths;
        this.cgroups = cgroups;
        this.log = log;
        Thread thread = new Thread(this::run, "stoplist");
        thread.setDaemon(true);
        thread.start();
    }

    /** Any thread; {@code afterFirstRound} is called on the runner's. */
    void end(StopList list, Runnable afterFirstRound) {
        orders.add(new Order(list, afterFirstRound));
    }

    private void run() {
        RealTime.schedule(PRIORITY);
        try {
            while (true) {
                Order order = orders.take();
                // Each on its own thread: what does not die in one group must not keep another alive.
                Thread.ofPlatform()
                        .daemon()
                        .name("stop-" + order.list().group())
                        .start(() -> end(order));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(Order order) {
        StopList list = order.list();
        long begin = System.nanoTime();
        try {
            Files.deleteIfExists(paths.held(list.group().name()));
        } catch (IOException e) {
            log.line("stop " + list.group() + ": held marker: " + e.getMessage());
        }
        List<Path> targets = targets(list);
        int left = kill(targets);
        int first = left;
        order.afterFirstRound().run();
        while (left > 0 && System.nanoTime() - begin < BOUND.toNanos()) {
            pause();
            left = kill(targets);
        }
        takeOffInterfaces(list);
        forget(list, left);
        log.line("stop " + list.group() + ": " + first + " processes killed, " + left + " left after "
                + Duration.ofNanos(System.nanoTime() - begin).toMillis() + " ms");
    }

    /** A list that was carried out is none any more; one that was not is tried again by a keeper that starts. */
    private void forget(StopList list, int left) {
        try {
            if (left == 0) {
                StopList.remove(paths.stopLists(), list.group());
            }
        } catch (IOException e) {
            log.line("stop " + list.group() + ": " + e.getMessage());
        }
    }

    private List<Path> targets(StopList list) {
        List<Path> targets = new ArrayList<>();
        for (String cgroup : list.cgroups()) {
            try {
                targets.add(cgroups.resolve(cgroup));
            } catch (IllegalArgumentException e) {
                log.line("stop " + list.group() + ": " + e.getMessage());
            }
        }
        return targets;
    }

    private int kill(List<Path> targets) {
        int left = 0;
        for (Path target : targets) {
            left += cgroups.kill(target);
        }
        return left;
    }

    private static void pause() {
        try {
            Thread.sleep(ROUND);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tidiness only: the dead-man has cut them. */
    private void takeOffInterfaces(StopList list) {
        for (String address : list.addresses()) {
            int at = address.indexOf('@');
            if (at > 0 && address.contains("/")) {
                run("ip", "addr", "del", address.substring(0, at), "dev", address.substring(at + 1));
            }
        }
    }

    private void run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            log.line(String.join(" ", command) + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
