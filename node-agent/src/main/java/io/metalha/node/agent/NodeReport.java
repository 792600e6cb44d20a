// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.FencingReport;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.node.agent.peer.Peer;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** This machine as its MetalNode shows it. */
final class NodeReport {
    private final AgentContext context;
    private final KeeperLines keeper;
    private final LeaseWitness witness;
    private final Warnings warnings;
    private final Supplier<Optional<FencingReport>> fencing;

    NodeReport(
            AgentContext context,
            KeeperLines keeper,
            LeaseWitness witness,
            Warnings warnings,
            Supplier<Optional<FencingReport>> fencing) {
        this.witness = witness;
        this.fencing = fencing;
        this.context = context;
        this.keeper = keeper;
        this.warnings = warnings;
    }

    MetalNodeStatus status(@Nullable String reportedAt) {
        List<MetalNodeStatus.PeerPath> paths = new ArrayList<>();
        int up = 0;
        for (Peer peer : context.view().peers().values()) {
            for (Map.Entry<String, Peer.PathState> path : peer.paths().entrySet()) {
                boolean isUp = path.getValue().up();
                up += isUp ? 1 : 0;
                paths.add(new MetalNodeStatus.PeerPath(
                        peer.name().name(),
                        path.getKey(),
                        isUp ? "Up" : "Down",
                        MonotonicWall.text(path.getValue().since()),
                        isUp ? path.getValue().rttMicros() : null));
            }
        }
        List<String> warned = new ArrayList<>(warnings.all());
        @Nullable Message said = keeper.status().orElse(null);
        if (!keeper.isUp()) {
            warned.add("KeeperUnreachable: keeper.sock does not answer; see journalctl -u metalha-keeper");
        } else if (said != null && !flag(said, "realtime")) {
            warned.add("NoRealTime: the keeper has no real-time priority, so high load may cost it a lease");
        }
        if (said != null && said.find("watchdog").orElse("").contains("(nowayout)")) {
            warned.add(
                    "WatchdogStays: the watchdog's driver was told nowayout, so this server is reset when its keeper is stopped or"
                            + " spec.watchdog is taken away; load the module with nowayout=0 to be able to disarm it");
        }
        witness.trouble().ifPresent(warned::add);
        // Conditions are the operator's; an empty list is left out of the report.
        return new MetalNodeStatus(
                List.of(),
                reportedAt,
                up + "/" + paths.size(),
                paths,
                new MetalNodeStatus.Versions(Versions.OWN, null, null, Versions.KERNEL, Versions.OS, Versions.BOOT_ID),
                said == null
                        ? null
                        : new MetalNodeStatus.Keeper(
                                flag(said, "realtime"),
                                flag(said, "memoryLocked"),
                                said.find("watchdog").orElse(null),
                                said.find("collections").map(Long::valueOf).orElse(null),
                                said.find("sequence").map(Long::valueOf).orElse(null),
                                witness.isVoting().orElse(null)),
                new MetalNodeStatus.Capacity(Runtime.getRuntime().availableProcessors(), Versions.MEMORY_BYTES),
                fencing.get().orElse(null),
                warned);
    }

    private static boolean flag(Message message, String key) {
        return message.find(key)
                .map(value -> value.equals("true") || value.equals("yes"))
                .orElse(false);
    }

    /** Facts of the host that do not change while it runs: read once, reported each time. */
    private static final class Versions {
        static final String OWN = own();
        static final String KERNEL = System.getProperty("os.version", "");
        static final String OS =
                line(Path.of("/etc/os-release"), "PRETTY_NAME=").replace("\"", "");
        static final String BOOT_ID = line(Path.of("/proc/sys/kernel/random/boot_id"), "");
        static final @Nullable Long MEMORY_BYTES = memoryBytes();

        private static String own() {
            String version = NodeReport.class.getPackage().getImplementationVersion();
            return version == null ? "development" : version;
        }

        private static @Nullable Long memoryBytes() {
            String kib = line(Path.of("/proc/meminfo"), "MemTotal:").replaceAll("[^0-9]", "");
            return kib.isEmpty() ? null : Long.parseLong(kib) * 1024;
        }

        private static String line(Path file, String prefix) {
            try {
                return Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith(prefix))
                        .map(line -> line.substring(prefix.length()).strip())
                        .findFirst()
                        .orElse("");
            } catch (IOException _) {
                return "";
            }
        }
    }
}
