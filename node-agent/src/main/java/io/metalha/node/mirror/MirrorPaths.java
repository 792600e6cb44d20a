// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import java.nio.file.Path;

/**
 * Where a mirror process finds and puts things.
 *
 * @param run /run/metalha: sockets, lease page
 * @param dev /dev/metalha: links to block devices
 * @param saved /var/lib/metalha/mirror/saved: blocks that gave way in a split brain
 */
record MirrorPaths(Path run, Path dev, Path saved) {
    Path control() {
        return run.resolve("mirror.sock");
    }

    Path leasePage() {
        return run.resolve("leases");
    }

    Path nbdDirectory() {
        return run.resolve("nbd");
    }

    Path nbdSocket(String mirror) {
        return nbdDirectory().resolve(mirror + ".sock");
    }

    Path device(String mirror) {
        return dev.resolve(mirror);
    }
}
