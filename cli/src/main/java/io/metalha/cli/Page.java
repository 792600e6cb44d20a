// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Text in lines and tables.
 *
 * @param width columns of the terminal; 0: not a terminal, nothing is wrapped or coloured
 */
final class Page {
    private static final String GAP = "  ";
    /** Below this a last column is not wrapped: a word a line reads worse than the terminal's own break. */
    private static final int LAST_MIN = 20;

    private final int width;
    private final boolean colours;
    private final StringBuilder text = new StringBuilder();

    Page(int width, boolean colours) {
        this.width = width;
        this.colours = colours && width > 0;
    }

    /** As the launcher found the terminal. */
    static Page ofTerminal() {
        String columns = System.getenv("METALHA_COLUMNS");
        int width = columns != null && columns.matches("[0-9]{1,4}") ? Integer.parseInt(columns) : 0;
        return new Page(width, System.getenv("NO_COLOR") == null);
    }

    void heading(String heading) {
        if (!text.isEmpty()) {
            text.append('\n');
        }
        text.append(colours ? "\u001b[1m" + heading + "\u001b[0m" : heading).append('\n');
    }

    void line(String line) {
        wrapped(line, width).forEach(part -> text.append(part).append('\n'));
    }

    /** The last column takes what is left of the width. Nothing for no rows. */
    void table(List<String> head, List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        int last = head.size() - 1;
        int[] widths = new int[last];
        int indent = 0;
        for (int column = 0; column < last; column++) {
            widths[column] = head.get(column).length();
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
            indent += widths[column] + GAP.length();
        }
        int left = width - indent < LAST_MIN ? 0 : width - indent;
        row(head, widths, indent, 0);
        rows.forEach(row -> row(row, widths, left == 0 ? 0 : width - left, left));
    }

    private void row(List<String> cells, int[] widths, int indent, int left) {
        var line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = cells.get(column);
            line.append(cell).append(" ".repeat(widths[column] - cell.length())).append(GAP);
        }
        List<String> parts = wrapped(cells.getLast(), left);
        text.append((line + parts.getFirst()).stripTrailing()).append('\n');
        parts.stream()
                .skip(1)
                .forEach(part -> text.append(" ".repeat(indent)).append(part).append('\n'));
    }

    private static List<String> wrapped(String whole, int limit) {
        if (limit == 0 || whole.length() <= limit) {
            return List.of(whole);
        }
        var parts = new ArrayList<String>();
        var part = new StringBuilder();
        for (String word : whole.split(" ", -1)) {
            if (!part.isEmpty() && part.length() + 1 + word.length() > limit) {
                parts.add(part.toString());
                part.setLength(0);
            }
            part.append(part.isEmpty() ? "" : " ").append(word);
        }
        parts.add(part.toString());
        return parts;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
