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
import io.metalha.api.v1alpha1.schema.ListMap;
import io.metalha.api.v1alpha1.schema.Span;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** By what servers are powered off. */
@ApiObject
public record Fencing(
        @JsonPropertyDescription(
                "WhenNeeded: a server that vanished with groups is powered off only while none has taken them over;"
                        + " Always: also then. Never one that stopped them before.")
        @Default("WhenNeeded")
        FencingMode mode,

        @JsonPropertyDescription(
                "Fence devices. A server with several is powered off level by level; of one level every device must confirm.")
        @Required
        @Size(min = 1, max = 64)
        @ListMap(key = "name")
        List<Device> devices,

        @JsonPropertyDescription(
                "A server waits this long before it powers off one that stands before it in spec.nodes, so that two that do not"
                        + " hear each other do not shoot each other: at least twice what a power-off takes."
                        + " The other way round a random part of half of it is waited.")
        @Span(min = "0s", max = "5m", fallback = "10s")
        Duration delay,

        @JsonPropertyDescription(
                "How often each server asks each device of the others for the power status, besides at a change.")
        @Span(min = "1m", max = "24h", fallback = "1h")
        Duration checkEvery) {
    static final Duration DEFAULT_DELAY = Duration.ofSeconds(10);
    static final Duration DEFAULT_CHECK_EVERY = Duration.ofHours(1);

    public Fencing {
        devices = devices == null ? List.of() : List.copyOf(devices);
        mode = mode == null ? FencingMode.WHEN_NEEDED : mode;
        delay = delay == null ? DEFAULT_DELAY : delay;
        checkEvery = checkEvery == null ? DEFAULT_CHECK_EVERY : checkEvery;
    }

    /** A fence device: something that can take a server's power away. */
    @ApiObject
    @ValidationRule(
            value =
                    "!has(self.parameters) || self.parameters.all(p, !(p in ['action', 'option', 'debug', 'debug_file', 'debug-file',"
                            + " 'verbose', 'verbose_level', 'help', 'version']))",
            message =
                    "action, verbose and debug are not for you to give: leave them out of parameters (debug output holds passwords)")
    @ValidationRule(
            value = "!has(self.parameters) || self.parameters.all(p, !(p in ['password', 'passwd', 'snmp_auth_passwd',"
                    + " 'snmp_priv_passwd', 'hexadecimal_kg', 'token', 'api_token', 'secret_key']))",
            message =
                    "a password does not belong into a manifest: put it into the Secret that the field secret names, under the"
                            + " parameter's name")
    public record Device(
            @JsonPropertyDescription("Name of the device, such as server1-ipmi.")
            @Required
            @Pattern(Sentences.LABEL)
            @Size(min = 1, max = 63)
            String name,

            @JsonPropertyDescription("The server of spec.nodes whose power it takes away.")
            @Required
            @Pattern(Sentences.LABEL)
            @Size(min = 1, max = 63)
            String node,

            @JsonPropertyDescription(
                    "The fence agent: a program of Debian's fence-agents, installed on every server, such as fence_ipmilan or"
                            + " fence_redfish.")
            @Required
            @Pattern("^fence_[A-Za-z0-9_]{1,60}$")
            @Size(min = 7, max = 66)
            String agent,

            @JsonPropertyDescription(
                    "Levels are tried from the lowest; the next one only where the one before did not confirm.")
            @Min(1)
            @Max(9)
            @Default("1")
            Integer level,

            @JsonPropertyDescription(
                    "What the agent needs, by the names that its metadata gives (fence_ipmilan -o metadata): {ip: 10.0.0.11, lanplus: \"1\"}.")
            @Size(max = 32)
            Map<String, @Size(max = 512) String> parameters,

            @JsonPropertyDescription(
                    "Name of a Secret, each of whose keys is a parameter, such as username and password.")
            @Pattern("^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")
            @Size(min = 1, max = 253)
            @Nullable
            String secret,

            @JsonPropertyDescription("For one action of the agent, after which it is ended and has confirmed nothing.")
            @Span(min = "1s", max = "5m", fallback = "40s")
            Duration timeout) {
        static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(40);

        public Device {
            level = level == null ? 1 : level;
            parameters = parameters == null ? Map.of() : Map.copyOf(parameters);
            timeout = timeout == null ? DEFAULT_TIMEOUT : timeout;
        }
    }
}
