// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

/** What a resource is to a hard stop (safety rule 17) and to a repair: the kinds differ in what may wait for what. */
public enum StopClass {
    /** An address: its traffic has been cut by the time; taking it off waits for nothing. */
    ADDRESS,
    /** A name elsewhere: nothing of it is on this host. Without the lease it is left to the next owner. */
    NAME,
    /** Processes: the keeper killed them; they are gone once the disk failed what they wait for. */
    PROCESS,
    /** A mounted file system: comes off when its processes are gone. */
    MOUNT,
    /** A disk: fails waiting requests at once, for everything above may be waiting in it. */
    DISK
}
