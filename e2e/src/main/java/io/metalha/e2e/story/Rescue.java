// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import io.metalha.e2e.lab.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** After a failed part: writes down what is to be seen, then puts the lab back so that later steps can run. */
public final class Rescue {
    private static final Duration HOME = Duration.ofSeconds(90);
    private static final int JOURNAL_LINES = 600;

    private final Scene scene;
    private final Path out;

    Rescue(Scene scene, Path out) {
        this.scene = scene;
        this.out = out;
    }

    /** @return where it was written */
    public Path dump(String what, Exception problem) {
        Path file = out.resolve(what.replaceAll("[^A-Za-z0-9]+", "-") + ".txt");
        var text = new StringBuilder();
        var trace = new StringWriter();
        problem.printStackTrace(new PrintWriter(trace));
        section(text, "problem", trace.toString());
        for (String kind : List.of("clustergroups", "metalnodes", "clusteroperations")) {
            section(
                    text,
                    "describe " + kind,
                    scene.api().kubectl("describe", kind).output());
        }
        for (String node : List.of(Scene.SERVER1, Scene.SERVER2, "witness")) {
            section(text, "journal of " + node, scene.lab().journalText(node, JOURNAL_LINES));
        }
        for (String node : scene.lab().topology().servers()) {
            section(text, "addresses of " + node, shell(node, "ip -br address; nft list ruleset"));
            section(text, "file systems and processes of " + node, shell(node, "findmnt; ps axfo pid,stat,wchan,args"));
        }
        section(
                text,
                "journal of the operator",
                Commands.run(Duration.ofSeconds(10), "docker", "logs", "--tail", "200", "metalha-lab-operator")
                        .output());
        try {
            Files.createDirectories(out);
            Files.writeString(file, text);
        } catch (IOException e) {
            return Path.of("(could not be written: " + e.getMessage() + ")");
        }
        return file;
    }

    private String shell(String node, String script) {
        return scene.lab().exec(node, "sh", "-c", script).output();
    }

    private static void section(StringBuilder text, String title, String body) {
        text.append("==== ").append(title).append(" ====\n").append(body).append('\n');
    }

    /** @return what could not be put right */
    public Optional<String> putRight() {
        try {
            for (String server : scene.lab().topology().servers()) {
                if (scene.lab().runs(server)) {
                    for (String unit : List.of("metalha-keeper", "metalha-mirror", "metalha-agent")) {
                        scene.lab().exec(server, "systemctl", "kill", "--kill-who=main", "--signal=CONT", unit);
                    }
                } else {
                    scene.lab().revive(server);
                }
            }
            scene.lab().heal();
            scene.lab().startApi();
            scene.lab().startOperator();
            scene.awaitRedundant(Scene.DB, HOME);
            scene.awaitRedundant(Scene.WEB, HOME);
            goHome(Scene.DB, Scene.SERVER1);
            goHome(Scene.WEB, Scene.SERVER2);
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void goHome(String group, String node) {
        if (!scene.read(group).active().equals(node)) {
            scene.api().operation("Move", Map.of("group", group, "node", node));
            scene.awaitOn(group, node, Scene.TAKEOVER);
            scene.awaitRedundant(group, HOME);
        }
    }
}
