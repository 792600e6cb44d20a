// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import io.metalha.e2e.client.Answer.Service;
import io.metalha.e2e.client.LoadClient;
import io.metalha.e2e.client.RawClock;
import io.metalha.e2e.evidence.LostRows;
import io.metalha.e2e.evidence.Outage;
import io.metalha.e2e.kube.Api;
import io.metalha.e2e.kube.Failover;
import io.metalha.e2e.kube.Group;
import io.metalha.e2e.lab.Lab;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The lab, the API, the client, and the questions that every part of the story asks of them. */
public final class Scene {
    public static final String DB = "iptv-db";
    public static final String WEB = "iptv-web";
    public static final String SERVER1 = "server1";
    public static final String SERVER2 = "server2";
    static final Duration TAKEOVER = Duration.ofSeconds(45);
    public static final Duration REDUNDANT = Duration.ofSeconds(150);
    /** The client tries again this often: its own view of an outage can be longer than the outage by as much. */
    static final long CLIENT_MILLIS = 250;

    private final Lab lab;
    private final Api api;
    private final LoadClient client;
    private final Owners owners;
    private final Set<String> takeoversSeen = new HashSet<>();
    private final Set<String> takeoversBefore = new HashSet<>();
    private long remembered = RawClock.nanos();

    Scene(Lab lab, Api api, LoadClient client) {
        this.lab = lab;
        this.api = api;
        this.client = client;
        this.owners = new Owners(lab, RawClock.nanos());
    }

    /** Called once, while nothing is failing. */
    void begin() {
        for (String group : List.of(DB, WEB)) {
            String active = read(group).active();
            if (!active.isEmpty()) {
                owners.held(active, group);
            }
        }
        takeoversBefore.addAll(takeoversSeen);
    }

    public Lab lab() {
        return lab;
    }

    public Api api() {
        return api;
    }

    public LoadClient client() {
        return client;
    }

    public Owners owners() {
        return owners;
    }

    /** A moment that a later part of the same step measures from. */
    void remember(long nanos) {
        remembered = nanos;
    }

    long remembered() {
        return remembered;
    }

    static Service serviceOf(String group) {
        return group.equals(DB) ? Service.SQL : Service.HTTP;
    }

    /** Power loss, known to the evidence. */
    public void powerOff(String server) {
        owners.collect(server);
        owners.powerLost(server, List.of(DB, WEB), lab.kill(server));
    }

    void awaitOn(String group, String node, Duration bound) {
        Await.until(bound, "%s active and ready on %s".formatted(group, node), () -> {
            Group seen = read(group);
            return seen.active().equals(node) && seen.is("Ready") ? Optional.empty() : Optional.of(seen.brief());
        });
    }

    public void awaitRedundant(String group, Duration bound) {
        Await.until(bound, "%s redundant".formatted(group), () -> {
            Group seen = read(group);
            return seen.is("Ready") && seen.is("Redundant") && seen.mirror().equals("UpToDate")
                    ? Optional.empty()
                    : Optional.of(seen.brief());
        });
    }

    /** Where the story begins and every step returns to: the database on server1, the portal on server2, both safe. */
    void awaitHome(Duration bound) {
        awaitOn(DB, SERVER1, bound);
        awaitOn(WEB, SERVER2, bound);
        awaitRedundant(DB, bound);
        awaitRedundant(WEB, bound);
        awaitServed(DB, RawClock.nanos(), bound);
        awaitServed(WEB, RawClock.nanos(), bound);
    }

    /** Reads a group, and remembers the takeovers that its history shows: the API keeps only the last ten. */
    public Group read(String group) {
        Group seen = api.group(group);
        seen.failovers().stream()
                .filter(Failover::isTakeover)
                .forEach(failover -> takeoversSeen.add(group + " " + failover.id()));
        return seen;
    }

    public int takeovers() {
        return takeoversSeen.size() - takeoversBefore.size();
    }

    List<String> failoverIds(String group) {
        return read(group).failovers().stream().map(Failover::id).toList();
    }

    /** Waits until the client misses an answer: a fault that is asked about too early has not shown yet. */
    void awaitInterrupted(String group, long fromNanos, Duration bound) {
        Await.until(bound, "the client's first missing answer of " + group, () -> {
            boolean missed = client.timeline().since(serviceOf(group), fromNanos).stream()
                    .anyMatch(answer -> !answer.good() && answer.endNanos() - fromNanos >= 0);
            return missed ? Optional.empty() : Optional.of("all answers are good");
        });
    }

    /** Waits until the client is answered again, and gives the outage since {@code fromNanos} as it saw it. */
    public Outage awaitServed(String group, long fromNanos, Duration bound) {
        var service = serviceOf(group);
        var found = new ArrayList<Outage>();
        Await.until(bound, "a good answer of %s to the client".formatted(group), () -> {
            var answers = client.timeline().since(service, fromNanos);
            boolean last = !answers.isEmpty() && answers.getLast().good();
            Optional<Outage> outage = Outage.longest(answers, fromNanos);
            if (outage.isPresent() && last) {
                found.add(outage.get());
                return Optional.empty();
            }
            return Optional.of(
                    answers.isEmpty()
                            ? "no answer"
                            : answers.getLast().outcome().toString());
        });
        return found.getLast();
    }

    /** The history entry that was not there before, once it has come. */
    Failover awaitFailover(String group, List<String> before, Duration bound) {
        var found = new ArrayList<Failover>();
        Await.until(bound, "a new entry in the history of " + group, () -> {
            var entries = read(group).failovers();
            for (Failover failover : entries) {
                if (!before.contains(failover.id())) {
                    found.add(failover);
                    return Optional.empty();
                }
            }
            return Optional.of(entries.toString());
        });
        return found.getLast();
    }

    /** No acknowledged row may be missing, now. */
    void noRowLost() throws SQLException {
        LostRows rows = client.lostRows();
        Expect.that(
                rows.lost() == 0,
                "%d of %d acknowledged rows are missing, such as %s",
                rows.lost(),
                rows.acknowledged(),
                rows.some());
    }
}
