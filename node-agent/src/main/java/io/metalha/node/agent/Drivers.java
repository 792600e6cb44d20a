// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.Fencing;
import io.metalha.api.v1alpha1.Monitor;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.node.fencing.device.Answer;
import io.metalha.node.resource.ResourceDriver;
import java.util.List;

/** Makes the code that starts, stops and checks what a ClusterGroup names. */
public interface Drivers {
    ResourceDriver driver(ClusterGroup group, Resource resource);

    io.metalha.node.monitor.Monitor monitor(ClusterGroup group, Monitor monitor);

    /** What the keeper ends itself when the group's lease ends; asks the host, so not on the deciding thread. */
    StopList stopList(ClusterGroup group);

    /** Powers a server off, or asks whether it has power. Lasts as long as the fence agent does, so not on the deciding thread. */
    Answer fence(Fencing.Device device, boolean powerOff);

    /**
     * @param cgroups   relative to the systemd hierarchy
     * @param addresses {@code address@interface}
     */
    record StopList(List<String> cgroups, List<String> addresses) {
        public StopList {
            cgroups = List.copyOf(cgroups);
            addresses = List.copyOf(addresses);
        }
    }
}
