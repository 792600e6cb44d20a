// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import io.metalha.e2e.client.Answer.Good;
import io.metalha.e2e.client.Answer.None;
import io.metalha.e2e.client.Answer.Service;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads the highest row number that is there: with one writer that numbers its rows, a register that must never go back. */
final class RowReader implements Worker.Attempt {
    private final Prepared query;
    private final String run;

    RowReader(Database database, String run) {
        this.query = new Prepared(database, "SELECT COALESCE(MAX(id), 0) FROM " + Database.TABLE + " WHERE run = ?");
        this.run = run;
    }

    @Override
    public Answer once() {
        long start = RawClock.nanos();
        try {
            Prepared.Open open = query.open();
            open.statement().setString(1, run);
            try (ResultSet result = open.statement().executeQuery()) {
                if (!result.next()) {
                    throw new SQLException("no row");
                }
                return new Answer(Service.READ, start, RawClock.nanos(), new Good(result.getLong(1), open.host()));
            }
        } catch (SQLException e) {
            close();
            return new Answer(Service.READ, start, RawClock.nanos(), new None(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void close() {
        query.close();
    }
}
