// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The database as the client reaches it.
 *
 * @param name the schema in which the client's table is made
 */
public record Database(String host, int port, String name, String user, String password) {
    static final String TABLE = "client_rows";
    /** A dead connection is given up after this; new ones are tried faster, so an outage is measured to about 0.15 s. */
    static final int ANSWER_MILLIS = 250;

    static final int CONNECT_MILLIS = 150;
    private static final int READ_BACK_MILLIS = 60_000;

    Connection connect() throws SQLException {
        return open(CONNECT_MILLIS, ANSWER_MILLIS);
    }

    /** Makes the client's table where it is missing. */
    public void prepare() throws SQLException {
        try (Connection connection = open(2000, 10_000);
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS " + TABLE
                    + " (run VARCHAR(40) NOT NULL, id BIGINT NOT NULL, host VARCHAR(64) NOT NULL,"
                    + " written TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), PRIMARY KEY (run, id))"
                    + " ENGINE=InnoDB");
        }
    }

    /** The numbers of the rows of one run that the database has now. */
    public BitSet rows(String run) throws SQLException {
        var found = new BitSet();
        query("SELECT id FROM " + TABLE + " WHERE run = ?", run, row -> found.set(Math.toIntExact(row.getLong(1))));
        return found;
    }

    /** Host by row number, in order of the numbers. */
    public SequencedMap<Long, String> hosts(String run) throws SQLException {
        var found = new LinkedHashMap<Long, String>();
        query(
                "SELECT id, host FROM " + TABLE + " WHERE run = ? ORDER BY id",
                run,
                row -> found.put(row.getLong(1), row.getString(2)));
        return found;
    }

    private interface RowSink {
        void take(ResultSet row) throws SQLException;
    }

    private void query(String sql, String run, RowSink sink) throws SQLException {
        try (Connection connection = open(2000, READ_BACK_MILLIS);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, run);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    sink.take(result);
                }
            }
        }
    }

    private Connection open(int connectMillis, int answerMillis) throws SQLException {
        String url = "jdbc:mariadb://%s:%d/%s?connectTimeout=%d&socketTimeout=%d&tcpKeepAlive=false"
                .formatted(host, port, name, connectMillis, answerMillis);
        return DriverManager.getConnection(url, user, password);
    }
}
