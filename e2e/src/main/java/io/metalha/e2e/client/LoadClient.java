// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import io.metalha.e2e.client.Answer.Service;
import io.metalha.e2e.evidence.LostRows;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;

/** The users: one writes a row every 20 ms, one asks for the highest row, one for a page or segment, until closed. */
public final class LoadClient implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(20);
    private static final int CONNECT_MILLIS = 100;
    private static final int READ_MILLIS = 250;

    private final Database database;
    private final String run = UUID.randomUUID().toString();
    private final Timeline timeline = new Timeline();
    private final EventLog log;
    private final Worker sql;
    private final Worker reads;
    private final Worker http;

    public LoadClient(Database database, InetSocketAddress web, String webHost, List<Page> pages, Path events)
            throws IOException, SQLException {
        this.database = database;
        database.prepare();
        log = new EventLog(events);
        sql = new Worker("rows", PERIOD.toNanos(), new RowWriter(database, run), this::take);
        reads = new Worker("reads", PERIOD.toNanos(), new RowReader(database, run), this::take);
        http = new Worker(
                "pages",
                PERIOD.toNanos(),
                new PageReader(web, webHost, pages, CONNECT_MILLIS, READ_MILLIS),
                this::take);
    }

    private void take(Answer answer) {
        timeline.add(answer);
        log.accept(answer);
    }

    public Timeline timeline() {
        return timeline;
    }

    public String run() {
        return run;
    }

    /** Reads back through the floating address which rows are there; may be called while the client works. */
    public LostRows lostRows() throws SQLException {
        BitSet acknowledged = new BitSet();
        for (Answer answer : timeline.all()) {
            if (answer.service() == Service.SQL && answer.outcome() instanceof Answer.Good(var id, var _)) {
                acknowledged.set(Math.toIntExact(id));
            }
        }
        return LostRows.of(acknowledged, database.rows(run));
    }

    @Override
    public void close() throws IOException {
        sql.close();
        reads.close();
        http.close();
        log.close();
    }
}
