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
 * the processes are killed. Killing goes on until nothing is left, for as long as that takes; processes that wait for a
 * frozen mirror die only after the agent has failed their requests, so the agent is told after the first round.
 */
final class StopListRunner {
    private static final Duration ROUND = Duration.ofMillis(2);
    /** After this the processes wait for something that is not quick: look less often, and say so. */
    private static final Duration QUICK = Duration.ofSeconds(1);

    private static final Duration SLOW_ROUND = Duration.ofMillis(100);
    private static final long COMPLAIN_ROUNDS = 300;
    private static final int PRIORITY = 40;

    private record Order(StopList list, Runnable afterFirstRound, Runnable afterLast) {}

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

    /** Any thread; both are called on the runner's, {@code afterLast} when nothing is left. */
    void end(StopList list, Runnable afterFirstRound, Runnable afterLast) {
        orders.add(new Order(list, afterFirstRound, afterLast));
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
        targets.forEach(cgroups::unlimit);
        int left = kill(targets);
        int first = left;
        order.afterFirstRound().run();
        for (long slow = 0; left > 0; left = kill(targets)) {
            boolean quick = System.nanoTime() - begin < QUICK.toNanos();
            if (!quick && slow++ % COMPLAIN_ROUNDS == 0) {
                log.line("stop " + list.group() + ": " + left + " processes do not die yet");
            }
            pause(quick ? ROUND : SLOW_ROUND);
        }
        takeOffInterfaces(list);
        forget(list);
        log.line("stop " + list.group() + ": " + first + " processes killed, none left after "
                + Duration.ofNanos(System.nanoTime() - begin).toMillis() + " ms");
        order.afterLast().run();
    }

    /** A list that was carried out is none any more; one that was not is tried again by a keeper that starts. */
    private void forget(StopList list) {
        try {
            StopList.remove(paths.stopLists(), list.group());
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

    private static void pause(Duration round) {
        try {
            Thread.sleep(round);
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
