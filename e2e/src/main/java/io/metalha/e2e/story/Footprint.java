// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import io.metalha.e2e.lab.Lab;
import io.metalha.e2e.lab.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What MetalHA's processes take of a server that has nothing to do: memory by proportional share, processor time. */
final class Footprint {
    static final String HEADER = "%-10s %-8s %10s %8s".formatted("server", "process", "PSS MiB", "CPU %");

    private static final int SECONDS = 10;
    /** Prints the kB of proportional set size and the clock ticks of all processes of a unit's control group. */
    private static final String SUM = """
            unit=metalha-$1.service
            pids() { for f in $(find /sys/fs/cgroup -path "*/$unit/cgroup.procs" 2>/dev/null | head -n 1); do cat "$f"; done; }
            ticks() { t=0; for p in $(pids); do set -- $(sed 's/.*) //' /proc/$p/stat); t=$((t + ${12} + ${13})); done; echo $t; }
            pss=0
            for p in $(pids); do k=$(awk '/^Pss:/ {print $2}' /proc/$p/smaps_rollup); pss=$((pss + ${k:-0})); done
            before=$(ticks); sleep %d; after=$(ticks)
            echo "$pss $((after - before)) $(getconf CLK_TCK)"
            """.formatted(SECONDS);

    private Footprint() {}

    /** One process with its children. */
    record Use(String server, String process, double pssMebibytes, double cpuPercent) {
        String line() {
            return "%-10s %-8s %10.1f %8.2f".formatted(server, process, pssMebibytes, cpuPercent);
        }
    }

    /** Measured while no client works. */
    static List<Use> idle(Path root) throws IOException {
        var lab = new Lab(Topology.read(root));
        var uses = new ArrayList<Use>();
        for (String server : lab.topology().servers()) {
            double memory = 0;
            double processor = 0;
            for (String process : List.of("keeper", "agent", "mirror")) {
                String[] words = lab.exec(server, "sh", "-c", SUM, "sum", process)
                        .orFail()
                        .output()
                        .strip()
                        .split(" ");
                var use = new Use(
                        server,
                        process,
                        Long.parseLong(words[0]) / 1024.0,
                        100.0 * Long.parseLong(words[1]) / Long.parseLong(words[2]) / SECONDS);
                uses.add(use);
                memory += use.pssMebibytes();
                processor += use.cpuPercent();
            }
            uses.add(new Use(server, "all", memory, processor));
        }
        return uses;
    }
}
