// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.placement;

/**
 * What is known of one node with regard to one group.
 *
 * @param alive       its keeper is heard on some path
 * @param agentWell   its agent has told news lately
 * @param seen        it was alive at some time since this agent started
 * @param standingBy  its agent says the group is stopped there and could be started
 * @param promotable  its copies of the group's data are good; true for a group without data
 * @param reachable   its network for the group's addresses is of use to clients
 * @param failedHere  it gave the group up lately because it could not make it work
 */
public record NodeView(
        boolean alive,
        boolean agentWell,
        boolean seen,
        boolean standingBy,
        boolean promotable,
        boolean reachable,
        boolean failedHere) {
    public static final NodeView UNKNOWN = new NodeView(false, false, false, false, false, false, false);

    /** Why it cannot take the group now; empty when it can. */
    String hindrance() {
        if (!alive) {
            return "is not heard on any path";
        }
        if (!agentWell) {
            return "has an agent that tells nothing";
        }
        if (!promotable) {
            return "has no copy known to be up to date";
        }
        if (failedHere) {
            return "gave the group up lately because it did not work there";
        }
        return standingBy ? "" : "is not ready: it has not stopped or not loaded the group";
    }

    /** All that is known, for people. */
    String inWords() {
        return (alive ? "is heard" : seen ? "is not heard any more" : "was never heard")
                + (agentWell ? ", its agent is well" : ", its agent tells nothing")
                + (standingBy ? ", standing by" : ", not standing by")
                + (promotable ? ", its copy is good" : ", no copy known to be good")
                + (reachable ? ", clients reach it" : ", clients do not reach it")
                + (failedHere ? ", the group did not work there lately" : "");
    }
}
