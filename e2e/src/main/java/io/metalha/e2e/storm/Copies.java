// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.storm;

import io.metalha.e2e.evidence.ResyncLog;
import io.metalha.e2e.lab.Commands;
import io.metalha.e2e.lab.Lab;
import io.metalha.e2e.story.Await;
import io.metalha.e2e.story.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares both servers' disks byte for byte, with the groups stopped so that nothing is under way. */
final class Copies {
    private static final Duration STOPPED = Duration.ofSeconds(90);
    private static final Duration COMPARED = Duration.ofSeconds(120);

    private Copies() {}

    /** @return what differs, in words; empty when all copies are equal. The groups run again afterwards. */
    static List<String> differences(Scene scene) {
        var found = new ArrayList<String>();
        for (String group : List.of(Scene.DB, Scene.WEB)) {
            try {
                differences(scene, group).ifPresent(found::add);
            } catch (RuntimeException e) {
                found.add(group + ": not compared: " + e.getMessage());
            }
        }
        return found;
    }

    private static Optional<String> differences(Scene scene, String group) {
        scene.api().operation("Stop", Map.of("group", group));
        Await.until(STOPPED, group + " stopped", () -> {
            String active = scene.read(group).active();
            return active.isEmpty() ? Optional.empty() : Optional.of("active on " + active);
        });
        Optional<String> difference = compare(scene, group);
        scene.api().operation("Start", Map.of("group", group));
        scene.awaitRedundant(group, Scene.REDUNDANT);
        return difference;
    }

    private static Optional<String> compare(Scene scene, String group) {
        String disk = group.equals(Scene.DB) ? "db" : "web";
        Optional<ResyncLog> resync = scene.lab().topology().servers().stream()
                .flatMap(server ->
                        ResyncLog.of(group + ".data", scene.lab().messages(server, "metalha-mirror.service")).stream())
                .findFirst();
        if (resync.isEmpty()) {
            return Optional.of(group + ": no mirror tells the size of its disk");
        }
        // The mirror's own metadata, behind the data, differs.
        Commands.Result result = Commands.run(
                COMPARED,
                "cmp",
                "-n",
                String.valueOf(resync.get().diskBytes()),
                image(Scene.SERVER1, disk),
                image(Scene.SERVER2, disk));
        return result.ok()
                ? Optional.empty()
                : Optional.of(group + ": " + result.output().strip());
    }

    private static String image(String server, String disk) {
        return Lab.state()
                .resolve("disks")
                .resolve(server + "-" + disk + ".img")
                .toString();
    }
}
