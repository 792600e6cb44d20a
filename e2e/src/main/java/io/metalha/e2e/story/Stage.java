// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import io.metalha.e2e.client.Database;
import io.metalha.e2e.client.LoadClient;
import io.metalha.e2e.kube.Api;
import io.metalha.e2e.lab.Lab;
import io.metalha.e2e.lab.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Opens what a story needs, waits until the services answer, and closes it again. */
public final class Stage implements AutoCloseable {
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(120);

    private final Api api;
    private final LoadClient client;
    private final Scene scene;
    private final Rescue rescue;

    private Stage(Api api, LoadClient client, Scene scene, Rescue rescue) {
        this.api = api;
        this.client = client;
        this.scene = scene;
        this.rescue = rescue;
    }

    public static Stage open(Path root) throws IOException, SQLException {
        var lab = new Lab(Topology.read(root));
        Path out = root.resolve("examples/lab/out");
        var api = new Api(lab.kubeconfig(), lab.topology().get("NAMESPACE"));
        Database database = Content.database();
        Await.until(FIRST_ANSWER, "the database's first answer through its floating address", () -> {
            database.prepare();
            return Optional.empty();
        });
        var web = new InetSocketAddress(Content.WEB_ADDRESS, 80);
        var client = new LoadClient(database, web, Content.WEB_HOST, Content.pages(root), out.resolve("client.jsonl"));
        var scene = new Scene(lab, api, client);
        scene.begin();
        return new Stage(api, client, scene, new Rescue(scene, out));
    }

    public Scene scene() {
        return scene;
    }

    public Rescue rescue() {
        return rescue;
    }

    @Override
    public void close() throws IOException {
        client.close();
        api.close();
    }
}
