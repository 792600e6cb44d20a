// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.metalha.api.v1alpha1.schema.ApiObject;
import io.metalha.api.v1alpha1.schema.ListMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a server finds the fence devices of the others. */
@ApiObject
public record FencingReport(
        @JsonPropertyDescription("A fence device of another server, as this one finds it.")
        @ListMap(key = "name")
        @Size(max = 64)
        List<DeviceCheck> devices,

        @JsonPropertyDescription("TestFencing operations that this server carried out.") @Size(max = 16)
        List<Member.OperationReport> operations) {
    public FencingReport {
        devices = devices == null ? List.of() : List.copyOf(devices);
        operations = operations == null ? List.of() : List.copyOf(operations);
    }

    /** One fence device. */
    @ApiObject
    public record DeviceCheck(
            @JsonPropertyDescription("The device.") @Required
            String name,

            @JsonPropertyDescription("The server whose power it takes away.") @Required
            String node,

            @JsonPropertyDescription("Whether it told the power status when last asked.") @Required
            Boolean reachable,

            @JsonPropertyDescription("On or Off, as it told.") @Nullable
            String power,

            @JsonPropertyDescription("Why it is not reachable, without secrets.") @Nullable
            String message,

            @JsonPropertyDescription("When it was last asked (RFC 3339).") @Nullable
            String checkedAt) {}
}
