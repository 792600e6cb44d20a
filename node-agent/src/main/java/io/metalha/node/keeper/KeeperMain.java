// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.RawClock;
import java.nio.file.Path;

/** Starts the keeper. Arguments, for tests only: the directories for its state and for its run-time files. */
public final class KeeperMain {
    private KeeperMain() {}

    public static void main(String[] args) throws Exception {
        KeeperPaths paths =
                args.length < 2 ? KeeperPaths.INSTALLED : new KeeperPaths(Path.of(args[0]), Path.of(args[1]));
        RawClock clock = new RawClock();
        Keeper keeper = new Keeper(paths, clock, new KeeperLog(clock, System.err));
        keeper.run();
    }
}
