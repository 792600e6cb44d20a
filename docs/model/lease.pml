/* Copyright The MetalHA Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One group's lease and record at three voters: server 0, server 1, witness 2. Read README.md first: it maps each part to the
 * Java code and says what is abstracted and why that is sound.
 *
 * Whatever was ever sent may arrive at any later time, any number of times, in any order, or never. Time is unbounded.
 * Bounded: EPOCHS, SEQUENCES, CRASHES, RESTARTS. A switch -DNO_X leaves safeguard X out.
 */

/* ---- Bounds */
#ifndef EPOCHS
#define EPOCHS 4 /* 1, 3, .. are server 0's, 2, 4, .. server 1's: (counter, voter) in its order */
#endif
#ifndef SEQUENCES
#define SEQUENCES 3 /* writes to the record under one epoch; 3 at most */
#endif
#ifndef CRASHES
#define CRASHES 1 /* of hosts, all three together */
#endif
#ifndef RESTARTS
#define RESTARTS 1 /* of keepers whose host goes on */
#endif

/* ---- Time, in ticks */
#define LEASE 2
#ifdef NO_DRIFT_MARGIN
#define GRANT 1 /* what a fast voter's clock makes of LEASE */
#else
#define GRANT 2 /* what a fast voter's clock makes of LEASE + drift: exactly LEASE by the holder's clock */
#endif

#ifdef NO_MAJORITY
#define MAJORITY(m) ((m) != 0)
#define WORTH(n) SECOND(AK(n, 0), AK(n, 1), AK(n, 2), TOP)
#else
#define MAJORITY(m) ((m) == 3 || (m) == 5 || (m) == 6 || (m) == 7)
#define WORTH(n) SECOND(AK(n, 0), AK(n, 1), AK(n, 2), MID)
#endif
#define MAX(a, b) ((a) > (b) -> (a) : (b))
#define MIN(a, b) ((a) < (b) -> (a) : (b))
#define TOP(a, b, c) MAX(MAX(a, b), c)
#define MID(a, b, c) MAX(MIN(a, b), MIN(MAX(a, b), c))
#define SECOND(a, b, c, f) f(a, b, c)

#define BIT(i) (1 << (i))
#define PEER(n) (1 - (n))
#define KEY(e, s) ((e) * 4 + (s))
#define EPOCH(k) ((k) / 4)
#define SEQUENCE(k) ((k) % 4)
/* Candidacy.prepare: the smallest epoch of server n above e. */
#define NEXT(e, n) (2 * (((e) + 1) / 2) + (n) + 1)

/* ---- Voters. Durable: promised, record (order and content). Volatile: the others. */
byte promised[3];
byte record[3];  /* KEY(epoch, sequence) */
byte copies[3];  /* bit n: server n's copy is up to date */
byte leased[3];  /* ticks left of the grant to EPOCH(record) */
byte waits[3];   /* ticks left of the wait after a restart */
#ifdef NO_PERSIST_FIRST
byte diskPromised[3];
byte diskRecord[3];
byte diskCopies[3];
#endif

/* ---- Servers as candidates and holders: all volatile. */
#define IDLE 0
#define PREPARING 1
#define PROPOSING 2
#define HELD 3
byte state[2];
byte epoch[2];   /* the ballot, then the lease's epoch */
byte said[2];    /* bits of voters: promised (PREPARING), wrote the record (PROPOSING, HELD) */
byte mine[2];    /* KEY: highest record promised with (PREPARING), the record written (PROPOSING, HELD) */
byte has[2];     /* its copies */
byte acked[6];   /* ticks that voter v's newest answer is still worth: LEASE from the send of what it answered */
byte usable[2];  /* ticks of effects left: the lease page, which a keeper's restart does not touch */
bit chosen[2];   /* a majority has the record, as far as the holder knows */
byte lateOf[2];  /* 1 + the voter whose answer to a renewal is still under way, 0 for none */
byte late[2];    /* ticks that it is still worth */
#ifdef NO_EXPIRED_IS_FINAL
bit over[2];
#endif
#define AK(n, v) acked[3 * (n) + (v)]

/* ---- The network: all that was ever sent. */
#ifdef LATE_PREPARES
byte prepared;                  /* bit e: Prepare(e) */
#endif
byte sent[KEY(EPOCHS + 1, 0)];  /* 1 + copies of Propose(key), 0: never sent */
byte freed;                     /* bit e: Release(e) */

/* ---- What an observer knows. good[n]: server n's copy holds every acknowledged write, and may be promoted. */
bit good[2];
byte crashes;
byte restarts;

/* ---- GroupVote */

#ifdef NO_HELD_ANSWER
#define FREE(v) (waits[v] == 0)
#else
#define FREE(v) (leased[v] == 0 && waits[v] == 0)
#endif

#ifdef NO_RECORD_ORDER
#define ORDERED(v, k) (true)
#else
#define ORDERED(v, k) ((k) >= record[v])
#endif
#ifdef NO_PROMISE_BAR
#define BARRED(v, e) (false)
#else
#define BARRED(v, e) (promised[v] > (e))
#endif
/* onPropose */
#define ACCEPTS(v, k) (!BARRED(v, EPOCH(k)) && ORDERED(v, k))

inline accept(v, k, c) {
    if
    :: (k) != record[v] ->
        /* Property: epochs never go back, and what was written is never overwritten by what came before it. */
        assert(EPOCH(k) >= EPOCH(record[v]));
        if
        :: EPOCH(k) != EPOCH(record[v]) -> leased[v] = 0
        :: else
        fi;
        promised[v] = MAX(promised[v], EPOCH(k));
        record[v] = k;
        copies[v] = c
    :: else
    fi;
    leased[v] = GRANT
}

/*
 * Forgets, so that fewer states differ, what can have no effect any more: a value that every voter has overtaken or barred,
 * and the release of an epoch that is leased nowhere and that nothing can bring back.
 */
#if defined(NO_RECORD_ORDER) || defined(NO_PROMISE_BAR) || defined(NO_PERSIST_FIRST) || defined(NO_BALLOT_ABOVE_ALL) \
    || defined(NO_RELEASE_EPOCH) || defined(KEEP_ALL)
#define tidy()
#else
#define PASSED(k, v) (record[v] >= (k) || promised[v] > EPOCH(k))
#define NOWHERE(e, v) (EPOCH(record[v]) != (e) || leased[v] == 0)
inline tidy() {
    for (i : 1 .. EPOCHS) {
        for (j : KEY(i, 1) .. KEY(i, 3)) {
            if
            :: sent[j] != 0 && PASSED(j, 0) && PASSED(j, 1) && PASSED(j, 2) -> sent[j] = 0
            :: else
            fi
        }
        if
        :: (freed & BIT(i)) && NOWHERE(i, 0) && NOWHERE(i, 1) && NOWHERE(i, 2) &&
                sent[KEY(i, 1)] == 0 && sent[KEY(i, 2)] == 0 && sent[KEY(i, 3)] == 0 -> freed = freed & ~BIT(i)
        :: else
        fi
    }
    i = 0;
    j = 0
}
#endif

/* onRenew */
#define RENEWS(v, e) (EPOCH(record[v]) == (e) && promised[v] == (e))

/* ---- Holding */

/* More may be usable now: never less, and never again once it ended. */
inline publish(n) {
    usable[n] = MAX(usable[n], WORTH(n));
#ifdef NO_EXPIRED_IS_FINAL
    /* Property: an epoch that ended stays ended. */
    assert(!(over[n] && usable[n] > 0));
#endif
    exclusive()
}

/* Property: never two servers with effects at once. */
inline exclusive() {
    assert(!(usable[0] > 0 && usable[1] > 0))
}

inline forget(n) {
    state[n] = IDLE;
    epoch[n] = 0;
    said[n] = 0;
    mine[n] = 0;
    has[n] = 0;
    AK(n, 0) = 0;
    AK(n, 1) = 0;
    AK(n, 2) = 0;
    usable[n] = 0;
    chosen[n] = 0;
    lateOf[n] = 0;
    late[n] = 0
#ifdef NO_EXPIRED_IS_FINAL
    ; over[n] = 0
#endif
}

/* A majority has the record. Recorded alone is as good as having written alone. */
inline recorded(n) {
    chosen[n] = 1;
    /* Property: the last up-to-date copy is never removed. */
    assert(has[n] != 0);
    if
    :: !(has[n] & BIT(PEER(n))) -> good[PEER(n)] = 0
    :: else
    fi
}

inline granted(n) {
    state[n] = HELD;
    usable[n] = WORTH(n);
    exclusive();
    /* Properties: an acknowledged write is in every promoted copy; a copy recorded Outdated is not promoted. */
    assert(good[n]);
    recorded(n)
}

/* A voter's answer to Propose came. */
inline counted(n, v) {
    said[n] = said[n] | BIT(v);
    AK(n, v) = LEASE;
    if
    :: state[n] == PROPOSING && MAJORITY(said[n]) && WORTH(n) > 0 -> granted(n)
    :: state[n] == HELD ->
        publish(n);
        if
        :: !chosen[n] && MAJORITY(said[n]) -> recorded(n)
        :: else
        fi
    :: else
    fi
}

#ifdef NO_OWN_RECORD_FIRST
#define SHOWS(n, v) (true)
#else
#define SHOWS(n, v) ((v) == (n) || state[n] == PROPOSING || (said[n] & BIT(n)))
#endif

/* The record's next value; others see it when the own voter has it. */
inline change(n, c) {
    mine[n] = mine[n] + 1;
    has[n] = c;
    said[n] = 0;
    chosen[n] = 0
#ifdef NO_OWN_RECORD_FIRST
    ; sent[mine[n]] = 1 + has[n]
#endif
}
#define MAY_CHANGE(n) (state[n] == HELD && usable[n] > 0 && chosen[n] && SEQUENCE(mine[n]) < SEQUENCES)

/* ---- Candidacy */

#ifdef NO_STALE_COPY
#define MAY_TAKE_OVER(n) (true)
#else
#define MAY_TAKE_OVER(n) (has[n] & BIT(n))
#endif
#ifdef NO_BALLOT_ABOVE_ALL
#define UNPROMISED(v, e) (EPOCH(record[v]) < (e))
#else
#define UNPROMISED(v, e) (promised[v] < (e))
#endif
#ifdef LATE_PREPARES
#define SEND_PREPARE(e) prepared = prepared | BIT(e)
#else
#define SEND_PREPARE(e) skip
#endif

inline propose(n) {
#ifdef NO_ADOPT
    has[n] = copies[n];
#endif
    if
    :: MAY_TAKE_OVER(n) ->
        state[n] = PROPOSING;
        said[n] = 0;
        mine[n] = KEY(epoch[n], 1);
        /* Property: an epoch is proposed under once. */
        assert(sent[mine[n]] == 0);
        sent[mine[n]] = 1 + has[n]
    :: else -> forget(n)
    fi
}

/* ---- A host that lost power and came back; of a witness, the same without the server's part. */
inline restart(v) {
#ifdef NO_PERSIST_FIRST
    promised[v] = diskPromised[v];
    record[v] = diskRecord[v];
    copies[v] = diskCopies[v];
#endif
    leased[v] = 0;
#ifndef NO_RESTART_WAIT
    waits[v] = GRANT
#endif
}

#define DOWN(x) x = (x > 0 -> x - 1 : 0)

inline tick(n) {
    DOWN(AK(n, 0));
    DOWN(AK(n, 1));
    DOWN(AK(n, 2));
    DOWN(late[n]);
    DOWN(usable[n]);
    if
    :: state[n] == HELD && usable[n] == 0 ->
#ifdef NO_EXPIRED_IS_FINAL
        over[n] = 1
#else
        forget(n)
#endif
    :: else
    fi
}

/* ---- What may happen. n: server; v: voter; e: epoch; k: key. */

/* Ask, Standing, Prepare: own voter and v are free and promised less. Any such ballot, not only the smallest. */
#define PREPARE(n, v, e) \
    :: d_step { (e) <= EPOCHS && state[n] == IDLE && FREE(n) && FREE(v) && UNPROMISED(n, e) && UNPROMISED(v, e) -> \
        state[n] = PREPARING; \
        epoch[n] = e; \
        SEND_PREPARE(e) }

#define PROMISE(n, v) \
    :: d_step { state[n] == PREPARING && FREE(v) && promised[v] <= epoch[n] \
            && (!(said[n] & BIT(v)) || record[v] > mine[n]) -> \
        promised[v] = epoch[n]; \
        said[n] = said[n] | BIT(v); \
        if \
        :: record[v] > mine[n] -> mine[n] = record[v]; has[n] = copies[v] \
        :: else \
        fi; \
        if \
        :: MAJORITY(said[n]) -> propose(n) \
        :: else \
        fi; \
        tidy() }

#define GIVE_UP(n) \
    :: d_step { state[n] == PREPARING -> forget(n) } \
    :: d_step { state[n] == PROPOSING -> freed = freed | BIT(epoch[n]); forget(n); tidy() }

#define WRITTEN(n, v) \
    :: d_step { state[n] >= PROPOSING && (state[n] == PROPOSING || usable[n] > 0) && SHOWS(n, v) && ACCEPTS(v, mine[n]) \
            && (!(said[n] & BIT(v)) || (state[n] == PROPOSING && AK(n, v) < LEASE)) -> \
        accept(v, mine[n], has[n]); \
        if \
        :: v == n -> sent[mine[n]] = 1 + has[n] \
        :: else \
        fi; \
        counted(n, v); \
        tidy() }

#define RENEW(n, v) \
    :: d_step { state[n] == HELD && usable[n] > 0 && RENEWS(v, epoch[n]) && (leased[v] < GRANT || AK(n, v) < LEASE) -> \
        leased[v] = GRANT; \
        AK(n, v) = LEASE; \
        publish(n) }

/* The answer is held up. */
#ifdef LATE_ANSWERS
#define RENEW_LATE(n, v) \
    :: d_step { state[n] == HELD && usable[n] > 0 && lateOf[n] == 0 && RENEWS(v, epoch[n]) -> \
        leased[v] = GRANT; \
        lateOf[n] = (v) + 1; \
        late[n] = LEASE }
#else
#define RENEW_LATE(n, v)
#endif

#ifdef NO_SEND_TIME
#define COUNTS(n) LEASE
#else
#define COUNTS(n) late[n]
#endif
#ifdef NO_EXPIRED_IS_FINAL
#define LISTENS(n) (state[n] == HELD)
#else
#define LISTENS(n) (state[n] == HELD && usable[n] > 0)
#endif
#ifdef LATE_ANSWERS
#define ANSWERED_LATE(n) \
    :: d_step { LISTENS(n) && lateOf[n] != 0 -> \
        AK(n, lateOf[n] - 1) = MAX(AK(n, lateOf[n] - 1), COUNTS(n)); \
        lateOf[n] = 0; \
        late[n] = 0; \
        publish(n) }
#else
#define ANSWERED_LATE(n)
#endif

/* Nothing is written alone before a majority recorded the peer's copy Outdated. */
#define OUTDATE(n) \
    :: d_step { MAY_CHANGE(n) && has[n] == 3 -> change(n, BIT(n)) }

/* The peer was made equal, and from now on every write waits for it; then a majority is asked to record it. */
#define RESYNC(n) \
    :: d_step { MAY_CHANGE(n) && has[n] == BIT(n) -> good[PEER(n)] = 1; change(n, 3) }

/* Somebody asks to record that no copy is up to date: Freshness.objection refuses it. */
#ifdef NO_LAST_COPY
#define FORGET_COPIES(n) \
    :: d_step { MAY_CHANGE(n) -> change(n, 0) }
#else
#define FORGET_COPIES(n)
#endif

#ifdef NO_OUTDATE_FIRST
#define WRITE_ALONE(n) \
    :: d_step { state[n] == HELD && usable[n] > 0 && has[n] == 3 && chosen[n] && good[PEER(n)] -> good[PEER(n)] = 0 }
#endif
#ifdef NO_WAIT_BEFORE_RESTORE
/* Writes do not wait for the peer before a majority has recorded it up to date. */
#define WRITE_ALONE(n) \
    :: d_step { state[n] == HELD && usable[n] > 0 && has[n] == 3 && !chosen[n] && SEQUENCE(mine[n]) == 3 && good[PEER(n)] -> \
        good[PEER(n)] = 0 }
#endif
#ifndef WRITE_ALONE
#define WRITE_ALONE(n)
#endif

#define RELEASE(n) \
    :: d_step { state[n] == HELD -> freed = freed | BIT(epoch[n]); forget(n); tidy() }

#define CRASH(v) \
    :: d_step { crashes < CRASHES -> crashes++; restart(v); \
        if \
        :: v < 2 -> forget((v) % 2) \
        :: else \
        fi; \
        tidy() }

/* The keeper goes on with what the page and its own voter's record say, or calls it lost: Holding.resume. */
#define RESTART(n) \
    :: d_step { restarts < RESTARTS -> restarts++; restart(n); \
        if \
        :: state[n] == HELD && EPOCH(record[n]) == epoch[n] && usable[n] > 0 -> \
            said[n] = 0; \
            mine[n] = record[n]; \
            has[n] = copies[n]; \
            AK(n, 0) = 0; AK(n, 1) = 0; AK(n, 2) = 0; \
            chosen[n] = 0; \
            lateOf[n] = 0; \
            late[n] = 0 \
        :: else -> forget(n) \
        fi; \
        tidy() }

#ifdef LATE_PREPARES
#define LATE_PREPARE(e, v) \
    :: d_step { (prepared & BIT(e)) && (e) > promised[v] && FREE(v) -> promised[v] = e }
#else
#define LATE_PREPARE(e, v)
#endif

#ifdef NO_RECORD_ORDER
#define NEWS(k, v) ((k) != record[v])
#else
#define NEWS(k, v) ((k) > record[v])
#endif
#define LATE_PROPOSE(k, v) \
    :: d_step { sent[k] != 0 && NEWS(k, v) && ACCEPTS(v, k) -> accept(v, k, sent[k] - 1); tidy() }

#ifdef NO_RELEASE_EPOCH
#define FREES(e, v) (true)
#else
#define FREES(e, v) (EPOCH(record[v]) == (e))
#endif
#define FREED(e, v) \
    :: d_step { (freed & BIT(e)) && FREES(e, v) && leased[v] > 0 -> leased[v] = 0; tidy() }

#ifdef NO_PERSIST_FIRST
#define PERSISTED(v) \
    :: d_step { diskPromised[v] != promised[v] || diskRecord[v] != record[v] -> \
        diskPromised[v] = promised[v]; diskRecord[v] = record[v]; diskCopies[v] = copies[v] }
#else
#define PERSISTED(v)
#endif

#define PER_VOTER(A, x) A(x, 0) A(x, 1) A(x, 2)
#define PER_KEY(e, v) LATE_PREPARE(e, v) FREED(e, v) \
    LATE_PROPOSE(KEY(e, 1), v) LATE_PROPOSE(KEY(e, 2), v) LATE_PROPOSE(KEY(e, 3), v)
#if EPOCHS >= 5
#define BALLOTS(n, v) PREPARE(n, v, n + 1) PREPARE(n, v, n + 3) PREPARE(n, v, n + 5)
#elif EPOCHS >= 3
#define BALLOTS(n, v) PREPARE(n, v, n + 1) PREPARE(n, v, n + 3)
#else
#define BALLOTS(n, v) PREPARE(n, v, n + 1)
#endif
#define SERVER(n) BALLOTS(n, 1 - n) BALLOTS(n, 2) PER_VOTER(PROMISE, n) GIVE_UP(n) PER_VOTER(WRITTEN, n) \
    PER_VOTER(RENEW, n) RENEW_LATE(n, 1 - n) RENEW_LATE(n, 2) ANSWERED_LATE(n) OUTDATE(n) RESYNC(n) FORGET_COPIES(n) \
    WRITE_ALONE(n) RELEASE(n) RESTART(n)

/*
 * Properties, of the takeover that could come next, whoever tries, also beyond EPOCHS: when a majority is free nobody has
 * effects; what it has recorded names a copy (so that, when faults end, somebody can hold once the timers have run out); and
 * each copy that it names has every acknowledged write.
 */
#define NAMED(a, b) (record[a] >= record[b] -> copies[a] : copies[b])
#define FREE_NOW(v) (leased[v] == 0 && waits[v] == 0)
#define NEXT_TAKEOVER(a, b) \
    :: d_step { FREE_NOW(a) && FREE_NOW(b) && (usable[0] > 0 || usable[1] > 0 || NAMED(a, b) == 0 \
            || ((NAMED(a, b) & 1) && !good[0]) || ((NAMED(a, b) & 2) && !good[1])) -> \
        assert(usable[0] == 0 && usable[1] == 0); \
        assert(NAMED(a, b) != 0); \
        assert(good[0] || !(NAMED(a, b) & 1)); \
        assert(good[1] || !(NAMED(a, b) & 2)) }

byte i;
byte j;

init {
    d_step {
        /* Both copies are equal and a majority knows it: what founding leaves behind. */
        for (i : 0 .. 2) {
            record[i] = KEY(0, 1);
            copies[i] = 3;
#ifdef NO_PERSIST_FIRST
            diskRecord[i] = KEY(0, 1);
            diskCopies[i] = 3;
#endif
        }
        good[0] = 1;
        good[1] = 1;
        i = 0
    }
end:
    do
    SERVER(0)
    SERVER(1)
    CRASH(0) CRASH(1) CRASH(2)
    NEXT_TAKEOVER(0, 1) NEXT_TAKEOVER(0, 2) NEXT_TAKEOVER(1, 2)
    PERSISTED(0) PERSISTED(1) PERSISTED(2)
    PER_VOTER(PER_KEY, 1) PER_VOTER(PER_KEY, 2)
#if EPOCHS >= 3
    PER_VOTER(PER_KEY, 3)
#endif
#if EPOCHS >= 4
    PER_VOTER(PER_KEY, 4)
#endif
#if EPOCHS >= 5
    PER_VOTER(PER_KEY, 5)
#endif
#if EPOCHS >= 6
    PER_VOTER(PER_KEY, 6)
#endif
    :: d_step { (leased[0] || leased[1] || leased[2] || waits[0] || waits[1] || waits[2]
            || AK(0, 0) || AK(0, 1) || AK(0, 2) || AK(1, 0) || AK(1, 1) || AK(1, 2)
            || usable[0] || usable[1] || late[0] || late[1]) ->
        DOWN(leased[0]); DOWN(leased[1]); DOWN(leased[2]);
        DOWN(waits[0]); DOWN(waits[1]); DOWN(waits[2]);
        tick(0);
        tick(1);
        tidy() }
    od
}
