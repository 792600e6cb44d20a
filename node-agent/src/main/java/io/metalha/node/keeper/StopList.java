// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.core.GroupId;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What the keeper itself ends when a group's lease ends. Kept in /run, because a keeper that restarts must still be able
 * to end what it let start.
 *
 * @param cgroups   relative to the systemd hierarchy
 * @param addresses {@code address[/prefix][@interface]}: the local half of the dead-man
 */
record StopList(GroupId group, List<String> cgroups, List<String> addresses) {
    StopList {
        cgroups = List.copyOf(cgroups);
        addresses = List.copyOf(addresses);
    }

    static StopList empty(GroupId group) {
        return new StopList(group, List.of(), List.of());
    }

    StopList withAddress(String address) {
        return addresses.contains(address)
                ? this
                : new StopList(
                        group,
                        cgroups,
                        Stream.concat(addresses.stream(), Stream.of(address)).toList());
    }

    StopList withoutAddress(String ip) {
        return new StopList(
                group,
                cgroups,
                addresses.stream()
                        .filter(address -> !ipOf(address).equals(ipOf(ip)))
                        .toList());
    }

    static String ipOf(String address) {
        return address.replaceFirst("[/@].*", "");
    }

    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Properties properties = new Properties();
        properties.setProperty("cgroups", String.join(",", cgroups));
        properties.setProperty("addresses", String.join(",", addresses));
        Path ready = directory.resolve(group.name() + ".new");
        try (var out = Files.newBufferedWriter(ready)) {
            properties.store(out, null);
        }
        Files.move(ready, directory.resolve(group.name()), StandardCopyOption.ATOMIC_MOVE);
    }

    static void remove(Path directory, GroupId group) throws IOException {
        Files.deleteIfExists(directory.resolve(group.name()));
    }

    static List<StopList> readAll(Path directory) throws IOException {
        List<StopList> lists = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return lists;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!file.toString().endsWith(".new")) {
                    lists.add(read(file));
                }
            }
        }
        return lists;
    }

    private static StopList read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return new StopList(
                new GroupId(file.getFileName().toString()),
                split(properties.getProperty("cgroups", "")),
                split(properties.getProperty("addresses", "")));
    }

    /** A list as the lines and files carry it; {@code -} and nothing are empty. */
    static List<String> split(String list) {
        return list.isEmpty() || list.equals("-") ? List.of() : List.of(list.split(","));
    }
}
