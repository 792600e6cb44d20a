// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import io.metalha.e2e.client.Answer.Good;
import io.metalha.e2e.client.Answer.None;
import io.metalha.e2e.client.Answer.Service;
import java.sql.SQLException;

/**
 * Inserts a row an attempt and calls it acknowledged only when the commit was answered.
 *
 * <p>The client gives each row its number, so a row whose answer got lost is neither counted nor repeated under the
 * same number: what is acknowledged is exactly what the database promised. Each row also carries the host name that the
 * server saw as its own: rows of two hosts that interleave show two writers.
 */
final class RowWriter implements Worker.Attempt {
    private final Prepared insert;
    private final String run;
    private long nextId;

    RowWriter(Database database, String run) {
        this.insert =
                new Prepared(database, "INSERT INTO " + Database.TABLE + " (run, id, host) VALUES (?, ?, @@hostname)");
        this.run = run;
    }

    @Override
    public Answer once() {
        long start = RawClock.nanos();
        long id = ++nextId;
        try {
            Prepared.Open open = insert.open();
            open.statement().setString(1, run);
            open.statement().setLong(2, id);
            open.statement().executeUpdate();
            return new Answer(Service.SQL, start, RawClock.nanos(), new Good(id, open.host()));
        } catch (SQLException e) {
            close();
            return new Answer(Service.SQL, start, RawClock.nanos(), new None(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void close() {
        insert.close();
    }
}
