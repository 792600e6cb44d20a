// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.kube;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A real kube-apiserver with its etcd, from where {@code examples/lab/test} built them; without them the test is skipped and says so. */
public final class RealApi {
    private RealApi() {}

    public static KubeAPIServer start() throws IOException {
        String dir = System.getenv("KUBE_API_TEST_DIR");
        Assumptions.assumeTrue(
                dir != null && Files.isDirectory(Path.of(dir, "k8s")),
                "KUBE_API_TEST_DIR names no folder with a real kube-apiserver; examples/lab/test builds one");
        String version;
        try (Stream<Path> versions = Files.list(Path.of(dir, "k8s"))) {
            version = versions.map(path -> path.getFileName().toString().replace("-linux-amd64", ""))
                    .max(String::compareTo)
                    .orElseThrow();
        }
        KubeAPIServer server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(dir)
                .withOfflineMode(true)
                .withApiServerVersion(version)
                .withUpdateKubeConfig(false)
                .build());
        server.start();
        return server;
    }
}
