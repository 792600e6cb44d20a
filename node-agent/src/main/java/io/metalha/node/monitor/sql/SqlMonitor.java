// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.sql;

import io.metalha.node.monitor.BoundedCheck;
import io.metalha.node.monitor.Monitor;
import io.metalha.node.monitor.sql.SqlSettings.Endpoint;
import io.metalha.node.monitor.sql.SqlSettings.Login;
import io.metalha.node.resource.ResourceDriver.Probe;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

/**
 * One transaction on a new connection, as a client makes it. A server that lives but does not answer (stopped, out of
 * disk, waiting for a device) is found by the timeout, which no answer of the process's mere life can stand in for.
 */
public final class SqlMonitor implements Monitor {
    private static final int NO_SUCH_DATABASE = 1049;
    private static final int NO_SUCH_TABLE = 1146;
    private static final int TOO_MANY_CONNECTIONS = 1040;
    private static final String WRITE = "INSERT INTO metalha_monitor.heartbeat (node, beat) VALUES (?, 1)"
            + " ON DUPLICATE KEY UPDATE beat = beat + 1, at = CURRENT_TIMESTAMP(6)";

    private final SqlSettings settings;
    private final Driver driver = new org.mariadb.jdbc.Driver();

    public SqlMonitor(SqlSettings settings) {
        this.settings = settings;
    }

    /** The server need not be there: what a connection needs is loaded before it is refused. */
    @Override
    public void warmUp() {
        check(Duration.ofMillis(500));
    }

    @Override
    public Probe check(Duration timeout) {
        return BoundedCheck.run("the transaction on " + settings.endpoint(), timeout, () -> attempt(timeout));
    }

    private Probe attempt(Duration timeout) {
        try (Connection connection = connect(timeout)) {
            switch (settings.level()) {
                case CONNECT -> {
                    // The login was the check.
                }
                case READ -> read(connection);
                case READ_WRITE -> write(connection);
            }
            return new Probe.Running();
        } catch (SQLException e) {
            if (e.getErrorCode() == TOO_MANY_CONNECTIONS) {
                // It lives and serves; a takeover would move the crowd, not end it.
                return new Probe.Unknown("the server at " + settings.endpoint()
                        + " takes no more connections; raise max_connections, or grant the monitor CONNECTION ADMIN");
            }
            return new Probe.Failed("the transaction on " + settings.endpoint() + " failed: " + e.getMessage());
        } catch (IOException e) {
            return new Probe.Unknown(e.getMessage() == null ? "no login" : e.getMessage());
        }
    }

    private Connection connect(Duration timeout) throws SQLException, IOException {
        var properties = new Properties();
        Login login = settings.login().isPresent() ? settings.login().get().read() : new Login("root", "");
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password());
        String millis = Long.toString(Math.max(1, timeout.toMillis()));
        properties.setProperty("connectTimeout", millis);
        properties.setProperty("socketTimeout", millis);
        // Nobody ends the session politely in a hurry, and nobody wants a pool of one.
        properties.setProperty("tcpKeepAlive", "false");
        properties.setProperty("disconnectOnExpiredPasswords", "false");
        String host =
                switch (settings.endpoint()) {
                    case Endpoint.Local(var socket) -> {
                        properties.setProperty("socketFactory", UnixSocketFactory.class.getName());
                        properties.setProperty(UnixSocketFactory.PATH, socket.toString());
                        yield "localhost";
                    }
                    case Endpoint.Remote(var address) -> {
                        String text = address.getAddress().getHostAddress();
                        yield (text.contains(":") ? "[" + text + "]" : text) + ":" + address.getPort();
                    }
                };
        Connection connection = driver.connect("jdbc:mariadb://" + host + "/", properties);
        if (connection == null) {
            throw new SQLException("the driver does not know its own URL");
        }
        return connection;
    }

    private static void read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM information_schema.SCHEMATA")) {
            result.next();
        }
    }

    private void write(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try {
            beat(connection);
        } catch (SQLException e) {
            if (e.getErrorCode() != NO_SUCH_DATABASE && e.getErrorCode() != NO_SUCH_TABLE) {
                throw e;
            }
            makeTable(connection);
            beat(connection);
        }
        connection.commit();
    }

    private void beat(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setString(1, settings.node().toString());
            statement.executeUpdate();
        }
    }

    private static void makeTable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE IF NOT EXISTS metalha_monitor");
            statement.execute("CREATE TABLE IF NOT EXISTS metalha_monitor.heartbeat (node VARCHAR(63) PRIMARY KEY,"
                    + " beat BIGINT NOT NULL, at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)) ENGINE=InnoDB");
        }
    }
}
