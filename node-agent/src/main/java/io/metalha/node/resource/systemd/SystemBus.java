// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.systemd;

import io.metalha.node.resource.ResourceDriver.Watch;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.matchrules.DBusMatchRuleBuilder;
import org.jspecify.annotations.Nullable;

/** {@link Systemd} over the system bus, on one connection that is made on first use and again after it broke. Any thread. */
public final class SystemBus implements Systemd, AutoCloseable {
    private static final String NAME = "org.freedesktop.systemd1";
    private static final String PATH = "/org/freedesktop/systemd1";
    private static final String UNIT = "org.freedesktop.systemd1.Unit";
    private static final String SERVICE = "org.freedesktop.systemd1.Service";
    private static final int JOBS_KEPT = 256;

    private final String address;
    private final List<Watched> watches = new CopyOnWriteArrayList<>();
    private @Nullable Session session;

    public SystemBus() {
        this("unix:path=/run/dbus/system_bus_socket");
    }

    public SystemBus(String address) {
        this.address = address;
    }

    @Override
    public UnitState state(String unit) throws IOException {
        return call(open -> {
            Properties properties = open.properties(open.path(unit));
            String load = properties.Get(UNIT, "LoadState").toString();
            String active = properties.Get(UNIT, "ActiveState").toString();
            String sub = properties.Get(UNIT, "SubState").toString();
            if (!unit.endsWith(".service")) {
                return new UnitState(load, active, sub, "", 0, "");
            }
            String result = properties.Get(SERVICE, "Result").toString();
            Number mainPid = properties.Get(SERVICE, "MainPID");
            String group = properties.Get(SERVICE, "ControlGroup").toString();
            return new UnitState(load, active, sub, result, mainPid.longValue(), group);
        });
    }

    @Override
    public boolean isActive(String unit) throws IOException {
        return call(open -> UnitState.isActive(open.active(unit)));
    }

    @Override
    public String start(String unit, Duration timeout) throws IOException, InterruptedException {
        return finish(open -> open.manager.startUnit(unit, "replace"), timeout);
    }

    @Override
    public String stop(String unit, Duration timeout) throws IOException, InterruptedException {
        return finish(open -> open.manager.stopUnit(unit, "replace"), timeout);
    }

    @Override
    public void resetFailed(String unit) throws IOException {
        call(open -> {
            open.manager.resetFailedUnit(unit);
            return true;
        });
    }

    @Override
    public void reload() throws IOException {
        call(open -> {
            open.manager.reload();
            return true;
        });
    }

    /** Outlives the connection: a new one, made at the next question, hears for it too. */
    @Override
    public Watch watch(String unit, Runnable changed) throws IOException {
        var watched = new Watched(unit, changed);
        watches.add(watched);
        call(open -> {
            open.listen(watched);
            return true;
        });
        return () -> {
            watches.remove(watched);
            watched.end();
        };
    }

    @Override
    public synchronized void close() {
        if (session != null) {
            session.connection.disconnect();
            session = null;
        }
    }

    private interface Call<T> {
        T on(Session session) throws DBusException;
    }

    private String finish(Call<DBusPath> request, Duration timeout) throws IOException, InterruptedException {
        Session[] used = new Session[1];
        String job = call(open -> {
            used[0] = open;
            return request.on(open).getPath();
        });
        try {
            return used[0].job(job).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return "pending";
        } catch (ExecutionException e) {
            throw new IOException("systemd did not say how its job ended", e);
        }
    }

    /** One try on the open connection; when that one is broken, one more on a new one. */
    private <T> T call(Call<T> call) throws IOException {
        try {
            Session open = session();
            try {
                return call.on(open);
            } catch (DBusExecutionException | DBusException e) {
                if (open.connection.isConnected()) {
                    throw new IOException("systemd refused: " + e.getMessage(), e);
                }
                return call.on(session());
            }
        } catch (DBusExecutionException | DBusException e) {
            throw new IOException("systemd was not reached on " + address + ": " + e.getMessage(), e);
        }
    }

    private synchronized Session session() throws DBusException {
        if (session == null || !session.connection.isConnected()) {
            session = new Session(
                    DBusConnectionBuilder.forAddress(address).withShared(false).build());
        }
        return session;
    }

    /** Somebody who wants to hear of a unit's changes, and the connection on which they are heard. */
    private static final class Watched {
        private final String unit;
        private final Runnable changed;
        private @Nullable Session on;
        private @Nullable AutoCloseable handler;

        Watched(String unit, Runnable changed) {
            this.unit = unit;
            this.changed = changed;
        }

        synchronized void end() {
            if (handler != null) {
                try {
                    handler.close();
                } catch (Exception _) {
                    // The connection is gone, and the handler with it.
                }
            }
        }
    }

    /** A connection and the jobs whose end was heard or is awaited on it. */
    private static final class Session {
        private final DBusConnection connection;
        private final SystemdManager manager;
        private final Map<String, CompletableFuture<String>> jobs = new LinkedHashMap<>();
        /** Of units that are asked for again and again. */
        private final Map<String, Properties> known = new ConcurrentHashMap<>();

        Session(DBusConnection connection) throws DBusException {
            this.connection = connection;
            this.manager = connection.getRemoteObject(NAME, PATH, SystemdManager.class);
            connection.addSigHandler(
                    SystemdManager.JobRemoved.class, signal -> job(signal.job()).complete(signal.result()));
            manager.subscribe();
        }

        /** The job's end; it may be heard before the answer to the request that made the job. */
        synchronized CompletableFuture<String> job(String path) {
            var iterator = jobs.entrySet().iterator();
            while (jobs.size() > JOBS_KEPT && iterator.hasNext()) {
                if (iterator.next().getValue().isDone()) {
                    iterator.remove();
                }
            }
            return jobs.computeIfAbsent(path, _ -> new CompletableFuture<>());
        }

        /** Once per connection, however often it is asked for. */
        void listen(Watched watched) throws DBusException {
            var rule = DBusMatchRuleBuilder.create()
                    .withType("signal")
                    .withInterface("org.freedesktop.DBus.Properties")
                    .withMember("PropertiesChanged")
                    .withPath(path(watched.unit))
                    .build();
            synchronized (watched) {
                if (watched.on != this) {
                    watched.on = this;
                    watched.handler = connection.addGenericSigHandler(rule, _ -> watched.changed.run());
                }
            }
        }

        String active(String unit) throws DBusException {
            Properties properties = known.get(unit);
            if (properties != null) {
                try {
                    return properties.Get(UNIT, "ActiveState").toString();
                } catch (DBusExecutionException e) {
                    // systemd forgets units that do not run; asked by its name it loads the unit again.
                    known.remove(unit);
                }
            }
            Properties loaded = properties(path(unit));
            String active = loaded.Get(UNIT, "ActiveState").toString();
            known.put(unit, loaded);
            return active;
        }

        String path(String unit) {
            return manager.loadUnit(unit).getPath();
        }

        Properties properties(String path) throws DBusException {
            return connection.getRemoteObject(NAME, path, Properties.class);
        }
    }
}
