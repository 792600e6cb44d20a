// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

/** Whether the passive voter votes, as this server sees it. */
public sealed interface WitnessState {
    /** It votes. */
    record Voting() implements WitnessState {}

    /** It will vote once it was watched for a whole lease. */
    record Watching() implements WitnessState {}

    /** No answer, or none for half a lease. */
    record Unreachable(String reason) implements WitnessState {}

    /** There is no such object. */
    record Missing() implements WitnessState {}

    /** The object is another cluster's. */
    record Foreign(String clusterUid) implements WitnessState {}

    /** The object shows less than was seen of it: it abstains on so many groups until their holder has written them again. */
    record Forgot(int groups) implements WitnessState {}

    /** A sentence for status. */
    default String sentence() {
        return switch (this) {
            case Voting _ -> "it votes";
            case Watching _ -> "it was not watched for a whole lease yet";
            case Unreachable(var reason) -> "it does not answer: " + reason;
            case Missing _ -> "the object does not exist";
            case Foreign(var uid) -> "the object belongs to the cluster " + uid;
            case Forgot(int groups) ->
                "it shows less than was seen of it before (restored, or made again) and abstains on " + groups
                        + " groups until their holder writes them again";
        };
    }
}
