// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import io.metalha.e2e.lab.Lab;
import io.metalha.e2e.lab.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What MetalHA's processes take of a server that has nothing to do: memory by proportional share, processor time. */
final class Footprint {
    static final String HEADER =
            "%-10s %-8s %10s %10s %8s".formatted("server", "process", "PSS MiB", "anon MiB", "CPU %");

    /** Prints, for each unit named, the kB of proportional set size, anonymous ones, and the clock ticks within the window. */
    private static final String SUM = """
            seconds=$1; shift
            pids() { for f in $(find /sys/fs/cgroup -path "*/metalha-$1.service/cgroup.procs" 2>/dev/null | head -n 1); do cat "$f"; done; }
            ticks() { t=0; for p in $(pids $1); do set -- $(sed 's/.*) //' /proc/$p/stat); t=$((t + ${12} + ${13})); done; echo $t; }
            sum() { s=0; for p in $(pids $1); do k=$(awk "/^$2:/ {print \\$2}" /proc/$p/smaps_rollup); s=$((s + ${k:-0})); done; echo $s; }
            for u; do eval before_$u=$(ticks $u); done
            sleep $seconds
            for u; do after=$(ticks $u); eval before=\\$before_$u; echo "$u $(sum $u Pss) $(sum $u Pss_Anon) $((after - before)) $(getconf CLK_TCK)"; done
            """;

    private Footprint() {}

    /**
     * One process with its children.
     *
     * @param anonymousMebibytes the part of the proportional set size that no file backs: heap, stacks, code cache
     */
    record Use(String server, String process, double pssMebibytes, double anonymousMebibytes, double cpuPercent) {
        String line() {
            return "%-10s %-8s %10.1f %10.1f %8.2f"
                    .formatted(server, process, pssMebibytes, anonymousMebibytes, cpuPercent);
        }
    }

    /** Measured while no client works, over so many seconds a server. */
    static List<Use> idle(Path root, int seconds) throws IOException {
        var lab = new Lab(Topology.read(root));
        var uses = new ArrayList<Use>();
        for (String server : lab.topology().servers()) {
            String told = lab.exec(
                            Duration.ofSeconds(seconds + 30L),
                            server,
                            "sh",
                            "-c",
                            SUM,
                            "sum",
                            String.valueOf(seconds),
                            "keeper",
                            "agent",
                            "mirror")
                    .orFail()
                    .output();
            List<Use> own = told.lines()
                    .map(line -> line.strip().split(" "))
                    .map(words -> new Use(
                            server,
                            words[0],
                            Long.parseLong(words[1]) / 1024.0,
                            Long.parseLong(words[2]) / 1024.0,
                            100.0 * Long.parseLong(words[3]) / Long.parseLong(words[4]) / seconds))
                    .toList();
            uses.addAll(own);
            uses.add(new Use(
                    server,
                    "all",
                    own.stream().mapToDouble(Use::pssMebibytes).sum(),
                    own.stream().mapToDouble(Use::anonymousMebibytes).sum(),
                    own.stream().mapToDouble(Use::cpuPercent).sum()));
        }
        return uses;
    }
}
