// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.local.Message;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Three keeper processes on loopback addresses of a namespace, two paths each. */
final class KeeperCluster implements AutoCloseable {
    private final Namespaces namespaces = new Namespaces();
    private final String namespace;
    private final Path directory;
    private final int leaseMillis;
    private final int heartbeatMillis;
    private final Process[] keepers = new Process[4];
    private final List<FakeAgent> agents = new ArrayList<>();
    private boolean thirdOnlyStores;

    KeeperCluster(Path directory, int leaseMillis) throws Exception {
        this(directory, leaseMillis, 100);
    }

    KeeperCluster(Path directory, int leaseMillis, int heartbeatMillis) throws Exception {
        this.heartbeatMillis = heartbeatMillis;
        this.directory = directory;
        this.leaseMillis = leaseMillis;
        namespace = namespaces.add("k");
        Files.write(directory.resolve("cluster.key"), new byte[32]);
        for (int number = 1; number <= 3; number++) {
            Files.createDirectories(paths(number).state());
            start(number);
        }
    }

    /** Before the first {@link #configure}: the third voter is an object for which agents speak. */
    KeeperCluster withThirdThatOnlyStores() {
        thirdOnlyStores = true;
        return this;
    }

    KeeperPaths paths(int number) {
        return new KeeperPaths(directory.resolve("state" + number), directory.resolve("run" + number));
    }

    void configure(int number) throws IOException {
        configure(number, "");
    }

    /** @param more further lines of keeper.conf */
    void configure(int number, String more) throws IOException {
        StringBuilder text = new StringBuilder(
                """
                cluster.uid=6a1c6f4e-0000-4000-8000-000000000001
                cluster.keyFile=%s
                self.name=server%d
                self.number=%d
                timing.heartbeatMillis=%d
                timing.peerTimeoutMillis=500
                timing.leaseMillis=%d
                timing.stopMarginMillis=60
                timing.agentDeadlineMillis=3000
                timing.driftPermille=10
                voters.sequence=1
                voters=1,2,3
                """.formatted(directory.resolve("cluster.key"), number, number, heartbeatMillis, leaseMillis));
        for (int voter = 1; voter <= (thirdOnlyStores ? 2 : 3); voter++) {
            text.append("voter.%d.name=server%d%n".formatted(voter, voter));
            text.append("voter.%d.path.public=127.0.1.%d:7788%n".formatted(voter, voter));
            text.append("voter.%d.path.private=127.0.2.%d:7788%n".formatted(voter, voter));
        }
        if (thirdOnlyStores) {
            text.append("voter.3.name=kubernetes-lease\nvoter.3.grantMillis=10000\n");
        }
        text.append(more);
        Path ready = paths(number).state().resolve("keeper.conf.new");
        Files.writeString(ready, text);
        Files.move(ready, paths(number).config(), StandardCopyOption.REPLACE_EXISTING);
    }

    void start(int number) throws IOException {
        // Not ip netns exec: it hides the cgroups behind a sysfs of its own.
        List<String> command = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
        command.addAll(Namespaces.java(
                KeeperMain.class,
                paths(number).state().toString(),
                paths(number).run().toString()));
        keepers[number] = new ProcessBuilder(command)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.appendTo(log(number).toFile()))
                .start();
    }

    Path log(int number) {
        return directory.resolve("keeper" + number + ".log");
    }

    FakeAgent agent(int number, Message... wants) {
        FakeAgent agent = new FakeAgent(paths(number).socket(), wants);
        agents.add(agent);
        return agent;
    }

    /** nsenter becomes the command it runs, so the process is the keeper. */
    void kill(int number) throws Exception {
        keepers[number].destroyForcibly().waitFor();
    }

    void signal(int number, String signal) throws Exception {
        Namespaces.run("kill", "-" + signal, Long.toString(keepers[number].pid()));
    }

    @Override
    public void close() throws Exception {
        agents.forEach(FakeAgent::close);
        for (Process keeper : keepers) {
            if (keeper != null) {
                keeper.destroyForcibly().waitFor();
            }
        }
        namespaces.close();
    }
}
