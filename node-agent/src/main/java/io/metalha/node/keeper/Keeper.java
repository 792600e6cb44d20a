// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.linux.RealTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A keeper's life: waits for a configuration, runs under it, and under the next one when it changes. */
final class Keeper {
    private static final int PRIORITY = 50;
    private static final long CONFIG_POLL_MILLIS = 500;

    private final KeeperPaths paths;
    private final MonotonicClock clock;
    private final KeeperLog log;
    private final Inbox inbox = new Inbox();
    private String lastTrouble = "";
    private @Nullable KeeperConfig current;
    private byte[] currentKey = {};

    Keeper(KeeperPaths paths, MonotonicClock clock, KeeperLog log) {
        this.paths = paths;
        this.clock = clock;
        this.log = log;
    }

    /** Runs on the calling thread until it is interrupted. */
    void run() throws IOException, InterruptedException {
        String memoryLocked = RealTime.lockMemory();
        String realTime = RealTime.schedule(PRIORITY);
        if (realTime.equals("yes")) {
            String machine = RealTime.scheduleVirtualMachine(PRIORITY + 1);
            realTime = machine.equals("yes") ? realTime : "not the virtual machine's own thread: " + machine;
        }
        log.line("keeper: real-time scheduling: " + realTime + "; memory locked: " + memoryLocked);
        Files.createDirectories(paths.run());
        HeldAddresses addresses = new HeldAddresses(inbox, log);
        KeeperGroups groups = new KeeperGroups();
        for (StopList list : StopList.readAll(paths.stopLists())) {
            groups.of(list.group()).stopList = list;
        }
        try (AgentPort port = new AgentPort(paths.socket(), clock, inbox)) {
            Host host = new Host(
                    paths,
                    clock,
                    log,
                    inbox,
                    port,
                    new StopListRunner(paths, Cgroups.ofThisHost(), log),
                    addresses,
                    groups,
                    realTime,
                    memoryLocked);
            while (!Thread.interrupted()) {
                if (readConfig()) {
                    runUnder(host);
                } else {
                    idle(host);
                }
            }
        }
    }

    /** Whether there is a configuration to run under. */
    private boolean readConfig() {
        try {
            KeeperConfig read = KeeperConfig.read(paths.config());
            byte[] key = Files.readAllBytes(read.clusterKeyFile());
            if (key.length != 32) {
                throw new IllegalArgumentException(read.clusterKeyFile() + " must hold 32 bytes, not " + key.length);
            }
            read.follows(current);
            if (!read.equals(current) || !Arrays.equals(key, currentKey)) {
                log.line("configuration: " + (current == null ? "read" : "changed"));
            }
            current = read;
            currentKey = key;
            lastTrouble = "";
        } catch (NoSuchFileException e) {
            trouble("waiting for " + e.getFile());
        } catch (IOException | IllegalArgumentException e) {
            trouble(paths.config() + ": " + e.getMessage()
                    + (current == null ? "" : "; the former one stays in force"));
        }
        return current != null;
    }

    private void trouble(String text) {
        if (!text.equals(lastTrouble)) {
            log.line("configuration: " + text);
            lastTrouble = text;
        }
    }

    private void runUnder(Host host) throws InterruptedException {
        KeeperConfig config = current;
        byte[] key = currentKey;
        if (config == null) {
            return;
        }
        try (Engine engine = new Engine(host, config, key)) {
            engine.start();
            do {
                engine.run();
                readConfig();
            } while (config.equals(current) && Arrays.equals(key, currentKey));
        } catch (IOException e) {
            log.line("keeper: " + e.getMessage() + "; trying again");
            idle(host);
        }
    }

    /** Without a configuration the agent can still connect, and its wishes are kept. */
    private void idle(Host host) throws InterruptedException {
        AgentRequests requests = new AgentRequests(host, null);
        boolean reload = false;
        while (!reload) {
            Inbox.Input input = inbox.poll(CONFIG_POLL_MILLIS);
            switch (input) {
                case null -> reload = true;
                case Inbox.Input.Line(var from, var message) -> reload = requests.handle(from, message);
                case Inbox.Input.Gone(var connection) -> host.port().gone(connection);
                case Inbox.Input.Ended(var tell) -> tell.run();
            }
        }
    }
}
