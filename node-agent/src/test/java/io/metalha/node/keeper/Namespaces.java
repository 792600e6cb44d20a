// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Network namespaces and processes of a test; all of them end with it. Needs root. */
final class Namespaces implements AutoCloseable {
    private final String prefix = "mhk" + ProcessHandle.current().pid() + "-";
    private final List<String> names = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    static boolean available() {
        try {
            return "root".equals(System.getProperty("user.name"))
                    && new ProcessBuilder("ip", "netns", "list").start().waitFor() == 0
                    && new ProcessBuilder("nft", "--version").start().waitFor() == 0;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    String add(String name) throws Exception {
        String full = prefix + name;
        run("ip", "netns", "add", full);
        names.add(full);
        run("ip", "-n", full, "link", "set", "lo", "up");
        return full;
    }

    /** A cable between two namespaces. */
    void join(String one, String itsAddress, String other, String otherAddress, String device) throws Exception {
        run("ip", "link", "add", device, "netns", one, "type", "veth", "peer", "name", device, "netns", other);
        run("ip", "-n", one, "addr", "add", itsAddress, "dev", device);
        run("ip", "-n", other, "addr", "add", otherAddress, "dev", device);
        run("ip", "-n", one, "link", "set", device, "up");
        run("ip", "-n", other, "link", "set", device, "up");
    }

    static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
        return said;
    }

    Process start(String namespace, List<String> command) throws IOException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(command);
        Process process = new ProcessBuilder(all)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        return process;
    }

    /** A class of ours in a JVM of its own. */
    static List<String> java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-Xmx16m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(1, StopList.split(System.getProperty("metalha.java.options", "")));
        command.addAll(List.of(arguments));
        return command;
    }

    @Override
    public void close() throws Exception {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        for (String name : names) {
            run("ip", "netns", "del", name);
        }
    }
}
