// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.filesystem;

import java.nio.file.Path;
import java.util.List;

/**
 * What is mounted where.
 *
 * @param device        block device; may be a symlink that appears with the resource before this one
 * @param options       as mount(8) takes them: {@code noatime}, {@code errors=remount-ro}
 * @param create        what to do with a device that carries nothing at all
 */
public record FilesystemSettings(Path device, Path mountPoint, Type type, List<String> options, Create create) {
    public FilesystemSettings {
        options = List.copyOf(options);
        if (!mountPoint.isAbsolute() || mountPoint.getParent() == null) {
            throw new IllegalArgumentException("a mount point is an absolute path below /, not " + mountPoint);
        }
    }

    /** What to do with a device that carries nothing at all. */
    public enum Create {
        NEVER,
        IF_BLANK,
        /** And the new file system begins as a copy of what the mount point's directory held. */
        IF_BLANK_FROM_MOUNT_POINT
    }

    /** File systems that this driver knows how to judge. */
    public enum Type {
        EXT4("ext4"),
        XFS("xfs");

        private final String kernelName;

        Type(String kernelName) {
            this.kernelName = kernelName;
        }

        public String kernelName() {
            return kernelName;
        }
    }
}
