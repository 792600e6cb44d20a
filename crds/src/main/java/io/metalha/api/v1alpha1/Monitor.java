// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.metalha.api.v1alpha1.schema.ApiObject;
import io.metalha.api.v1alpha1.schema.Span;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One check of the running group: a name and exactly one type. */
@ApiObject
@ValidationRule(
        value = "[has(self.systemdUnit), has(self.process), has(self.mysql), has(self.http), has(self.floatingIP),"
                + " has(self.mirror)].filter(x, x).size() == 1",
        message = "a monitor names exactly one of systemdUnit, process, mysql, http, floatingIP or mirror:"
                + " write each check as a monitor of its own with its own name")
public record Monitor(
        @JsonPropertyDescription("Name of the monitor, unique in the group.")
        @Required
        @Pattern(Sentences.LABEL)
        @Size(min = 1, max = 63)
        String name,

        @JsonPropertyDescription(
                "The resource that is recovered when the check fails. Left out: the last one of the fitting type.")
        @Size(min = 1, max = 63)
        @Nullable
        String resource,

        @JsonPropertyDescription("State of the systemd unit of the resource in 'resource'.") @Nullable
        SystemdUnitCheck systemdUnit,

        @JsonPropertyDescription("Presence of a process.") @Nullable
        ProcessCheck process,

        @JsonPropertyDescription("A real transaction on MySQL or MariaDB.") @Nullable
        MysqlCheck mysql,

        @JsonPropertyDescription("A real HTTP request.") @Nullable
        HttpCheck http,

        @JsonPropertyDescription(
                "The address of the resource in 'resource' is on its interface, and the interface has carrier.")
        @Nullable
        FloatingIpCheck floatingIP,

        @JsonPropertyDescription("State of the mirror of the resource in 'resource'.") @Nullable
        MirrorCheck mirror,

        @JsonPropertyDescription("Between two checks.") @Span(min = "100ms", max = "1h", fallback = "5s")
        Duration interval,

        @JsonPropertyDescription("A check without an answer for this long has failed.")
        @Span(min = "100ms", max = "10m", fallback = "10s")
        Duration timeout,

        @JsonPropertyDescription("How many checks in a row must fail before the resource is recovered.")
        @Min(1)
        @Max(100)
        @Default("2")
        Integer failures) {
    public Monitor {
        interval = interval == null ? Duration.ofSeconds(5) : interval;
        timeout = timeout == null ? Duration.ofSeconds(10) : timeout;
        failures = failures == null ? 2 : failures;
    }

    /** The one type that this monitor names. */
    public sealed interface Type
            permits SystemdUnitCheck, ProcessCheck, MysqlCheck, HttpCheck, FloatingIpCheck, MirrorCheck {}

    /** The one type, or null where a manifest that passed no API server names none. */
    public @Nullable Type type() {
        return Stream.<@Nullable Type>of(systemdUnit, process, mysql, http, floatingIP, mirror)
                .filter(type -> type != null)
                .findFirst()
                .orElse(null);
    }

    /** The unit is active. */
    @ApiObject
    public record SystemdUnitCheck(
            @JsonPropertyDescription("The unit. Left out: the one of the resource in 'resource'.")
            @Pattern("^[A-Za-z0-9:_.@\\\\-]+\\.(service|socket|target|timer|mount|path)$")
            @Size(min = 3, max = 255)
            @Nullable
            String unit)
            implements Type {}

    /** A process exists. */
    @ApiObject
    public record ProcessCheck(
            @JsonPropertyDescription("The executable's path or its name, as in /proc/PID/exe or comm.")
            @Required
            @Size(min = 1, max = 255)
            String executable,

            @JsonPropertyDescription("At least this many.") @Min(1) @Max(10000) @Default("1")
            Integer atLeast)
            implements Type {
        public ProcessCheck {
            atLeast = atLeast == null ? 1 : atLeast;
        }
    }

    /** A real transaction. */
    @ApiObject
    @ValidationRule(
            value = "has(self.socket) != has(self.address)",
            message = "mysql names either socket (such as /run/mysqld/mysqld.sock) or address (such as 127.0.0.1:3306)")
    public record MysqlCheck(
            @JsonPropertyDescription("Path of the server's UNIX socket.")
            @Pattern("^/[^\\s]+$")
            @Size(min = 2, max = 107)
            @Nullable
            String socket,

            @JsonPropertyDescription("Address and port, such as 127.0.0.1:3306.")
            @Pattern("^(\\[[0-9a-f:]+\\]|[0-9.]+):[0-9]{1,5}$")
            @Size(min = 3, max = 53)
            @Nullable
            String address,

            @JsonPropertyDescription(
                    "Connect: log in. Read: and select. ReadWrite: and commit a write in a table of MetalHA's own.")
            @Default("ReadWrite")
            SqlLevel level,

            @JsonPropertyDescription(
                    "Secret with the keys 'username' and 'password'. Left out: root through the socket, as Debian sets it up.")
            @Pattern("^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")
            @Size(min = 1, max = 253)
            @Nullable
            String credentialsSecret)
            implements Type {
        public MysqlCheck {
            level = level == null ? SqlLevel.READ_WRITE : level;
        }
    }

    /** A real request. */
    @ApiObject
    public record HttpCheck(
            @JsonPropertyDescription("The URL that is fetched, such as http://127.0.0.1/health.")
            @Required
            @Pattern("^https?://[^\\s]+$")
            @Size(min = 8, max = 1024)
            String url,

            @JsonPropertyDescription("The status code that is expected.") @Min(100) @Max(599) @Default("200")
            Integer expectStatus,

            @JsonPropertyDescription("Text that the body must contain.") @Size(min = 1, max = 1024) @Nullable
            String expectBody)
            implements Type {
        public HttpCheck {
            expectStatus = expectStatus == null ? 200 : expectStatus;
        }
    }

    /** The address is there. */
    @ApiObject
    public record FloatingIpCheck() implements Type {}

    /** The mirror works. */
    @ApiObject
    public record MirrorCheck() implements Type {}
}
