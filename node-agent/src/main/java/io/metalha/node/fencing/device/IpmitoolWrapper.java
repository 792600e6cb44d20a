// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * Keeps the password of fence_ipmilan and its kin off ipmitool's command line.
 *
 * <p>Up to 4.12 (Debian 12) at least, the agent reads the password on standard input and calls {@code ipmitool -P PASSWORD}, which
 * everybody on the server can read in /proc until ipmitool has overwritten it. So such an agent is given no password, for which it
 * says {@code -P ''}, and a script of ours for ipmitool, which leaves that out and says {@code -E} instead: ipmitool then takes the
 * password from its environment, which only root can read.
 */
final class IpmitoolWrapper {
    private static final String SCRIPT = """
            #!/bin/sh
            # Calls ipmitool with the password from the environment instead of the command line.
            left=$#
            while [ "$left" -gt 0 ]; do
                argument=$1
                shift
                left=$((left - 1))
                if [ "$argument" = -P ]; then
                    shift
                    left=$((left - 1))
                else
                    set -- "$@" "$argument"
                fi
            done
            exec "$METALHA_IPMITOOL" -E "$@"
            """;

    private final Path folder;

    IpmitoolWrapper(Path folder) {
        this.folder = folder;
    }

    /** Moves the password from the parameters into the environment that is answered, where the agent calls ipmitool. */
    Map<String, String> hidePassword(FenceMetadata metadata, Map<String, String> parameters) throws IOException {
        if (!metadata.parameters().contains("ipmitool_path")) {
            return Map.of();
        }
        String old = parameters.remove("passwd");
        String password = parameters.remove("password");
        if (password == null && old == null) {
            return Map.of();
        }
        String named = parameters.put("ipmitool_path", script().toString());
        return Map.of(
                "METALHA_IPMITOOL",
                named == null ? "ipmitool" : named,
                "IPMI_PASSWORD",
                password == null ? String.valueOf(old) : password);
    }

    private synchronized Path script() throws IOException {
        Path script = folder.resolve("ipmitool");
        if (!Files.exists(script) || !Files.readString(script).equals(SCRIPT)) {
            Files.createDirectories(folder);
            // Written beside and moved: one that is running is never changed.
            Path fresh = Files.createTempFile(
                    folder,
                    "ipmitool",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.writeString(fresh, SCRIPT);
            Files.move(fresh, script, StandardCopyOption.ATOMIC_MOVE);
        }
        return script;
    }
}
