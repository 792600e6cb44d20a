// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import io.metalha.e2e.client.Database;
import io.metalha.e2e.client.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the two services serve: examples/iptv/content, as it was published. */
final class Content {
    static final String DB_ADDRESS = "198.18.10.50";
    static final String WEB_ADDRESS = "198.18.10.51";
    static final String WEB_HOST = "iptv.iptv.example";

    private Content() {}

    static Database database() {
        return new Database(DB_ADDRESS, 3306, "iptv", "iptv", "iptv");
    }

    /**
     * The pages and segments of the list that publishing the content wrote, a line {@code sha256 path} each; the
     * portal page is made on request, so it is known by its words.
     */
    static List<Page> pages(Path root) throws IOException {
        Path list = root.resolve("examples/iptv/content/out/sha256.txt");
        var pages = new ArrayList<Page>();
        for (String line : Files.readAllLines(list)) {
            String[] words = line.strip().split("\\s+", 2);
            if (words.length == 2) {
                pages.add(new Page("/" + words[1].replaceFirst("^[*./]+", ""), new Page.Digest(words[0])));
            }
        }
        if (pages.isEmpty()) {
            throw new IOException(list + " names no page");
        }
        pages.add(new Page("/alive.txt", new Page.Containing("alive")));
        pages.add(new Page("/", new Page.Containing("End of the guide.")));
        return pages;
    }
}
