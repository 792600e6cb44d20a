// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import io.metalha.e2e.client.Answer.Good;
import io.metalha.e2e.client.Answer.None;
import io.metalha.e2e.client.Answer.Service;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Inserts a row an attempt and calls it acknowledged only when the commit was answered.
 *
 * <p>The client gives each row its number, so a row whose answer got lost is neither counted nor repeated under the
 * same number: what is acknowledged is exactly what the database promised. Each row also carries the host name that the
 * server saw as its own: rows of two hosts that interleave show two writers.
 */
final class RowWriter implements Worker.Attempt {
    private static final String INSERT = "INSERT INTO " + Database.TABLE + " (run, id, host) VALUES (?, ?, @@hostname)";

    private final Database database;
    private final String run;
    private long nextId;
    private @Nullable Session session;

    private record Session(Connection connection, PreparedStatement insert, String host) {}

    RowWriter(Database database, String run) {
        this.database = database;
        this.run = run;
    }

    @Override
    public Answer once() {
        long start = RawClock.nanos();
        long id = ++nextId;
        try {
            Session open = session();
            open.insert().setString(1, run);
            open.insert().setLong(2, id);
            open.insert().executeUpdate();
            return new Answer(Service.SQL, start, RawClock.nanos(), new Good(id, open.host()));
        } catch (SQLException e) {
            drop();
            return new Answer(Service.SQL, start, RawClock.nanos(), new None(String.valueOf(e.getMessage())));
        }
    }

    private Session session() throws SQLException {
        Session open = session;
        if (open == null) {
            Connection connection = database.connect();
            try {
                open = new Session(connection, connection.prepareStatement(INSERT), host(connection));
            } catch (SQLException e) {
                connection.abort(Runnable::run);
                throw e;
            }
            session = open;
        }
        return open;
    }

    private static String host(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT @@hostname")) {
            return result.next() ? result.getString(1) : "?";
        }
    }

    /** Aborted, not closed: a polite close waits for a server that may be gone. */
    private void drop() {
        Session open = session;
        session = null;
        if (open != null) {
            try {
                open.connection().abort(Runnable::run);
            } catch (SQLException _) {
                // The connection is given up either way.
            }
        }
    }

    @Override
    public void close() {
        drop();
    }
}
