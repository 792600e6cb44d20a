// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** One statement on a connection of its own, made again after it failed. One thread. */
final class Prepared implements AutoCloseable {
    private final Database database;
    private final String sql;
    private @Nullable Open open;

    /** @param host the name that the server at the other end has for itself */
    record Open(Connection connection, PreparedStatement statement, String host) {}

    Prepared(Database database, String sql) {
        this.database = database;
        this.sql = sql;
    }

    Open open() throws SQLException {
        Open present = open;
        if (present == null) {
            Connection connection = database.connect();
            try {
                present = new Open(connection, connection.prepareStatement(sql), host(connection));
            } catch (SQLException e) {
                connection.abort(Runnable::run);
                throw e;
            }
            open = present;
        }
        return present;
    }

    private static String host(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT @@hostname")) {
            return result.next() ? result.getString(1) : "?";
        }
    }

    /** Aborted, not closed: a polite close waits for a server that may be gone. */
    @Override
    public void close() {
        Open present = open;
        open = null;
        if (present != null) {
            try {
                present.connection().abort(Runnable::run);
            } catch (SQLException _) {
                // The connection is given up either way.
            }
        }
    }
}
