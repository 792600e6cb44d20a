/* Copyright The MetalHA Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two copies of a mirrored disk: handshake, generation identifiers, peer loss, resync, promotion. The register (record and
 * lease) is one atomic variable here: that it behaves like one is what lease.pml shows. Read README.md first.
 *
 * Bounded: EPOCHS, WRITES, GENERATIONS, CRASHES, CUTS, FORCES. A switch -DNO_X leaves safeguard X out.
 */

/* ---- Bounds */
#ifndef EPOCHS
#define EPOCHS 3 /* leases granted */
#endif
#ifndef WRITES
#define WRITES 2
#endif
#ifndef GENERATIONS
#define GENERATIONS 4 /* 1 is the first; another each time a peer is to be recorded Outdated */
#endif
#ifndef CRASHES
#define CRASHES 1 /* of mirror processes or hosts, both together */
#endif
#ifndef CUTS
#define CUTS 1 /* of the link, besides those by crashes and refusals */
#endif
#ifndef FORCES
#define FORCES 0 /* ForceTakeover by a person: a lease on a copy that the record calls stale */
#endif

#define BIT(i) (1 << (i))
#define PEER(c) (1 - (c))

/* ---- MirrorMachine.Phase */
#define SECONDARY 0
#define MIRRORING 1
#define WAITING 2
#define OUTDATING 3
#define ALONE 4
#define ASKED 5 /* Alone, and the peer was asked to become the target */
#define SYNCING 6
#define RESTORING 7
#define TELLING 8

/* ---- DiskState */
#define UP 1
#define OUTDATED 2
#define INCONSISTENT 3

/* ---- Superblock and bitmap: durable. Generations 1.. are bits in bases and history. */
byte disk[2];
byte current[2];
byte bases[2];
byte history[2];
bit shared[2];
byte proposed[2];
byte wrote[2];   /* epoch */
bit hot[2];      /* in the activity log: written and not known to be on both */
bit dirty[2];
byte content[2]; /* of the one block: the number of the last write */

/* ---- The process: volatile. */
byte phase[2];
byte next[2];    /* Outdating: the generation proposed. Syncing: the block was sent. Restoring: still over the same link */
byte attach[2];
bit joined[2];
bit accepting[2];
byte pending[2]; /* the application's write that is not complete */
byte met[2];     /* the peer's attach id at the last meeting */
/* Joined: what is known of the peer. */
byte itsDisk[2];
byte itsCurrent[2];
byte itsBases[2];
byte itsHistory[2];
bit itsPrimary[2];
bit differs[2];
bit itsDirty[2];

/* ---- The link. in[c]: to copy c, in order. kind, epoch or write, generations */
#define ROLE 1
#define SYNC_BEGIN 2
#define SYNC_READY 3
#define SYNC_DONE 4
#define SYNCED 5
#define WRITE 6
#define WRITTEN 7
#define BLOCK 8
#define COPIED 9
chan in0 = [4] of { byte, byte, bit, byte, byte, byte };
chan in1 = [4] of { byte, byte, bit, byte, byte, byte };
bit whole;
#define ROOM (len(in0) <= 2 && len(in1) <= 2)

/* ---- The register, and who holds the lease. */
byte record;  /* bit c: copy c is up to date */
byte epoch;   /* the last granted */
byte holder;  /* 2: nobody */
byte asks[2]; /* what the mirror asked the keeper to have recorded, 0: nothing */
bit answers[2];
byte asksUnder[2];

/* ---- What an observer knows. */
byte acknowledged;  /* the last write that the application was told of */
bit alone[2];       /* copy c has acknowledged writes that the other never had */
byte generations;
byte writes;
byte crashes;
byte cuts;
byte forces;
byte t; byte te; bit tp; byte tc; byte tb; byte th; /* a message just taken */
byte verdict;

#define MY_LEASE(c) (holder == (c) && wrote[c] == epoch && phase[c] != SECONDARY)

inline send(c, kind, e, p, g, b, h) {
    if
    :: whole && joined[c] ->
        if
        :: (c) == 0 -> in1!kind, e, p, g, b, h
        :: else -> in0!kind, e, p, g, b, h
        fi
    :: else
    fi
}

#define tellRole(c) send(c, ROLE, wrote[c], (phase[c] != SECONDARY), current[c], bases[c], history[c])

/* ---- Handshake.byGenerations */
#define EQUAL 0
#define PEER_OLDER 1
#define PEER_OLDER_FULL 2
#define WE_OLDER 3
#define WE_OLDER_FULL 4
#define REFUSED 5
#define LACKS(b, g) (((b) >> (g)) & 1)
inline compare(c) {
    if
    :: current[c] == itsCurrent[c] -> verdict = EQUAL
    :: else ->
        if
        :: LACKS(bases[c], itsCurrent[c]) && !LACKS(itsBases[c], current[c]) -> verdict = PEER_OLDER
        :: !LACKS(bases[c], itsCurrent[c]) && LACKS(itsBases[c], current[c]) -> verdict = WE_OLDER
        :: !LACKS(bases[c], itsCurrent[c]) && !LACKS(itsBases[c], current[c]) &&
                LACKS(history[c], itsCurrent[c]) && !LACKS(itsHistory[c], current[c]) -> verdict = PEER_OLDER_FULL
        :: !LACKS(bases[c], itsCurrent[c]) && !LACKS(itsBases[c], current[c]) &&
                !LACKS(history[c], itsCurrent[c]) && LACKS(itsHistory[c], current[c]) -> verdict = WE_OLDER_FULL
        :: else -> verdict = REFUSED
        fi
    fi
}
#define OLDER (verdict == WE_OLDER || verdict == WE_OLDER_FULL)
#define NEWER (verdict == PEER_OLDER || verdict == PEER_OLDER_FULL)

/* ---- Writes */
inline complete(c) {
    if
    :: MY_LEASE(c) ->
        acknowledged = pending[c];
        if
        :: phase[c] == ALONE || phase[c] == ASKED || disk[PEER(c)] != UP -> alone[c] = 1
        :: else
        fi
    :: else
    fi;
    pending[c] = 0
}

/* Property: an acknowledged write is in every copy that becomes writable under the lease. */
inline writable(c) {
    assert(holder != (c) || wrote[c] != epoch || content[c] >= acknowledged)
}

/* IoMode.ALONE: Ledger.alone marks what is unflushed and completes what waits for the peer. */
inline goAlone(c) {
    phase[c] = ALONE;
    writable(c);
    if
    :: hot[c] -> dirty[c] = 1
    :: else
    fi;
    if
    :: pending[c] != 0 -> complete(c)
    :: else
    fi
}

/* Property: a copy that follows a mirroring Primary is equal to it but for what is under way. */
inline equal(c) {
    assert(!whole || phase[c] != MIRRORING || !accepting[PEER(c)] || wrote[PEER(c)] != wrote[c] ||
        content[c] == content[PEER(c)] || pending[c] != 0)
}

inline goMirroring(c) {
    phase[c] = MIRRORING;
    writable(c);
    equal(c);
    if
    :: pending[c] != 0 -> send(c, WRITE, pending[c], 1, wrote[c], 0, 0)
    :: else
    fi
}

#define RECORD_OUTDATED(c) BIT(c)
inline ask(c, what) {
    asks[c] = what;
    asksUnder[c] = wrote[c];
    answers[c] = 0
}

inline outdate(c) {
#ifdef NO_OUTDATE_FIRST
    goAlone(c)
#else
    generations++;
    next[c] = generations;
    proposed[c] = next[c];
    phase[c] = OUTDATING;
    ask(c, RECORD_OUTDATED(c))
#endif
}

inline beginSync(c) {
    if
    :: phase[c] == ALONE && joined[c] ->
        phase[c] = ASKED;
        send(c, SYNC_BEGIN, wrote[c], 1, 0, 0, 0)
    :: else
    fi
}

#define MAY_OUTDATE (generations < GENERATIONS)

#ifdef NO_DIFFERS
#define SAME(c) (verdict == EQUAL && proposed[c] == 0)
#else
#define SAME(c) (verdict == EQUAL && !differs[c] && proposed[c] == 0)
#endif
inline route(c) {
    if
    :: joined[c] ->
        compare(c);
        if
        :: !shared[c] -> goAlone(c); beginSync(c)
        :: shared[c] && SAME(c) -> goMirroring(c)
        :: else -> outdate(c)
        fi
    :: !joined[c] && !shared[c] -> goAlone(c)
    :: else -> phase[c] = WAITING
    fi
}

inline unjoin(c) {
    joined[c] = 0;
    accepting[c] = 0;
    itsDisk[c] = 0;
    itsCurrent[c] = 0;
    itsBases[c] = 0;
    itsHistory[c] = 0;
    itsPrimary[c] = 0;
    differs[c] = 0;
    itsDirty[c] = 0
}

inline emptyLink() {
    do
    :: nempty(in0) -> in0?_, _, _, _, _, _
    :: nempty(in1) -> in1?_, _, _, _, _, _
    :: empty(in0) && empty(in1) -> break
    od
}

inline cut() {
    emptyLink();
    whole = 0
}

inline close(c) {
    phase[c] = SECONDARY;
    next[c] = 0;
    pending[c] = 0;
    if
    :: hot[c] -> dirty[c] = 1; hot[c] = 0
    :: else
    fi
}

inline outdatedBy(c) {
    compare(c);
    if
    :: phase[c] == SECONDARY && disk[c] == UP && OLDER -> disk[c] = OUTDATED
    :: else
    fi
}

inline follow(c, e) {
    wrote[c] = (e > wrote[c] -> e : wrote[c]);
    accepting[c] = 1;
    equal(PEER(c))
}

inline look(c, d) {
    joined[c] = 1;
    itsDisk[c] = disk[d];
    itsCurrent[c] = current[d];
    itsBases[c] = bases[d];
    itsHistory[c] = history[d];
    itsPrimary[c] = (phase[d] != SECONDARY);
    itsDirty[c] = dirty[d];
    differs[c] = dirty[c] || dirty[d] || (hot[c] && phase[c] != SECONDARY && met[c] != attach[d])
}

inline linkUp(c) {
    if
    :: phase[c] == SECONDARY ->
        outdatedBy(c);
        if
        :: itsPrimary[c] -> follow(c, wrote[PEER(c)])
        :: else
        fi
    :: phase[c] == WAITING -> route(c)
    :: phase[c] == ALONE -> beginSync(c)
    :: else
    fi
}

#ifdef NO_REFUSE_OLD_EPOCH
#define TOO_OLD(c) (false)
#define LATE(c, e) (false)
#else
#define TOO_OLD(c) (phase[PEER(c)] != SECONDARY && wrote[c] > wrote[PEER(c)])
#define LATE(c, e) (wrote[c] > (e))
#endif

/* ---- Generations */
#ifdef NO_GENERATION_BUMP
#define BUMP(c) skip
#else
#define BUMP(c) bases[c] = bases[c] | BIT(current[c]); current[c] = next[c]
#endif

#ifdef NO_SHARED_FIRST
#define SHARED_FIRST(c) skip
#else
#define SHARED_FIRST(c) shared[c] = 1
#endif

/* ---- What may happen. c: copy; q: its inbox. */

/* The keeper: Freshness.mayTakeOver. The copy says UpToDate itself. */
#define GRANT(c) \
    :: d_step { holder == 2 && epoch < EPOCHS && (record & BIT(c)) && disk[c] == UP -> epoch++; holder = c } \
    :: d_step { holder == 2 && epoch < EPOCHS && forces < FORCES && !(record & BIT(c)) && disk[c] == UP -> \
        forces++; epoch++; holder = c; acknowledged = content[c] }

#define LOSE \
    :: d_step { holder != 2 -> holder = 2 }

#define PROMOTE(c) \
    :: d_step { ROOM && MAY_OUTDATE && holder == (c) && phase[c] == SECONDARY && wrote[c] <= epoch -> \
        if \
        :: joined[c] -> compare(c) \
        :: else -> verdict = EQUAL \
        fi; \
        if \
        :: disk[c] != UP || OLDER -> holder = 2 \
        :: else -> \
            if \
            :: joined[c] && itsPrimary[c] -> cut(); unjoin(c) \
            :: else \
            fi; \
            wrote[c] = epoch; \
            phase[c] = WAITING; \
            accepting[c] = 0; \
            tellRole(c); \
            route(c) \
        fi }

/* What waits is failed, and the link with it. */
#define DEMOTE(c) \
    :: d_step { phase[c] != SECONDARY && !MY_LEASE(c) -> \
        close(c); \
        if \
        :: joined[c] -> cut(); unjoin(c) \
        :: else \
        fi }

/* A planned move: flushed on both, the bitmap saved, then the lease is given back. */
#define DRAIN(c) \
    :: d_step { ROOM && (phase[c] == MIRRORING || phase[c] == ALONE || phase[c] == SYNCING) && pending[c] == 0 && MY_LEASE(c) -> \
        hot[c] = 0; \
        close(c); \
        holder = 2; \
        tellRole(c) }

#define CRASH(c) \
    :: d_step { crashes < CRASHES -> crashes++; \
        close(c); \
        attach[c]++; \
        met[c] = 0; \
        cut(); \
        unjoin(c); \
        answers[c] = 0 }

#define CUT \
    :: d_step { whole && cuts < CUTS -> cuts++; cut() }

#define LINK_DOWN(c) \
    :: d_step { joined[c] && !whole -> \
        unjoin(c); \
        if \
        :: phase[c] == MIRRORING || phase[c] == TELLING -> phase[c] = WAITING \
        :: phase[c] == SYNCING || phase[c] == ALONE || phase[c] == ASKED -> next[c] = 0; goAlone(c) \
        :: phase[c] == RESTORING -> next[c] = 0 \
        :: else \
        fi }

#define CONNECT \
    :: d_step { !joined[0] && !joined[1] && MAY_OUTDATE \
            && !(phase[0] != SECONDARY && phase[1] != SECONDARY) && !TOO_OLD(0) && !TOO_OLD(1) -> \
        look(0, 1); \
        look(1, 0); \
        compare(0); \
        /* Properties: a split brain is seen; and there is none that no person made. */ \
        assert(!(alone[0] && alone[1]) || verdict == REFUSED); \
        assert(verdict != REFUSED || forces > 0); \
        if \
        :: verdict == REFUSED \
                || (phase[0] != SECONDARY && OLDER) || (phase[1] != SECONDARY && NEWER) -> \
            unjoin(0); \
            unjoin(1) \
        :: else -> \
            whole = 1; \
            met[0] = attach[1]; \
            met[1] = attach[0]; \
            linkUp(0); \
            linkUp(1) \
        fi }

/* Rule 14's patience is anything here: also at once, also never. */
#define LOSE_PATIENCE(c) \
    :: d_step { phase[c] == WAITING && !joined[c] && MAY_OUTDATE -> outdate(c) }

/* The voters take a request of the last epoch, also when its asker is gone; the answer may be lost, and is asked for again. */
#define RECORD(c) \
    :: d_step { asks[c] != 0 && asksUnder[c] == epoch -> record = asks[c]; answers[c] = (holder == (c)); asks[c] = 0 } \
    :: d_step { asks[c] != 0 && asksUnder[c] != epoch -> asks[c] = 0 }

#define ASK_AGAIN(c) \
    :: d_step { phase[c] == OUTDATING && asks[c] == 0 && !answers[c] && MY_LEASE(c) -> ask(c, RECORD_OUTDATED(c)) } \
    :: d_step { phase[c] == RESTORING && asks[c] == 0 && !answers[c] && MY_LEASE(c) && next[c] == 1 -> ask(c, 3) } \
    :: d_step { ROOM && phase[c] == RESTORING && !answers[c] && next[c] == 0 && MAY_OUTDATE -> route(c) }

#define LOSE_ANSWER(c) \
    :: d_step { answers[c] -> answers[c] = 0 }

#define ANSWERED(c) \
    :: d_step { ROOM && MAY_OUTDATE && answers[c] -> \
        answers[c] = 0; \
        if \
        :: phase[c] == OUTDATING -> \
            BUMP(c); \
            shared[c] = 0; \
            proposed[c] = 0; \
            next[c] = 0; \
            tellRole(c); \
            goAlone(c); \
            beginSync(c) \
        :: phase[c] == RESTORING && next[c] == 1 -> \
            next[c] = 0; \
            phase[c] = TELLING; \
            send(c, SYNC_DONE, 0, 0, current[c], bases[c], history[c]) \
        :: phase[c] == RESTORING && next[c] == 0 -> route(c) \
        :: else \
        fi }

/* A flap that was held back, or a link that came while another answer was awaited. */
#define BEGIN_SYNC(c) \
    :: d_step { ROOM && phase[c] == ALONE && joined[c] -> beginSync(c) }

#define WRITES_(c) (phase[c] == MIRRORING || phase[c] == SYNCING || phase[c] == ALONE || phase[c] == ASKED \
    || phase[c] == TELLING || (phase[c] == RESTORING && next[c] == 1))
#define APPLICATION(c) \
    :: d_step { ROOM && WRITES_(c) && pending[c] == 0 && writes < WRITES -> \
        writes++; \
        hot[c] = 1; \
        content[c] = writes; \
        pending[c] = writes; \
        if \
        :: phase[c] == ALONE || phase[c] == ASKED -> dirty[c] = 1; complete(c) \
        :: else -> send(c, WRITE, writes, 1, wrote[c], 0, 0) \
        fi }

/* The extent leaves the activity log: flushed on both, or marked. */
#define LET_GO(c) \
    :: d_step { hot[c] && pending[c] == 0 && phase[c] != SECONDARY \
            && (phase[c] == MIRRORING || dirty[c]) -> hot[c] = 0 }

/* The block, if it is marked; then the flush. After a reply the resync is finished. */
#define SEND_BLOCK(c) \
    :: d_step { ROOM && phase[c] == SYNCING && whole && next[c] == 0 -> \
        next[c] = 1; \
        t = (dirty[c] -> content[c] : 0); \
        send(c, BLOCK, t, dirty[c], wrote[c], 0, 0); \
        t = 0 }

/* Property: no lower epoch's write is applied. */
#define APPLY(c, w, e) \
    if \
    :: accepting[c] -> \
        assert((e) >= wrote[c]); \
        /* Property: nothing discards, by itself, what was acknowledged. */ \
        assert(!alone[c]); \
        content[c] = w \
    :: else -> cut() \
    fi

#define RECEIVE(c, q) \
    :: d_step { ROOM && MAY_OUTDATE && joined[c] && nempty(q) -> \
        q?t, te, tp, tc, tb, th; \
        if \
        :: t == ROLE -> \
            if \
            :: tp && (phase[c] != SECONDARY || LATE(c, te)) -> cut() \
            :: else -> \
                itsPrimary[c] = tp; \
                itsCurrent[c] = tc; \
                itsBases[c] = tb; \
                itsHistory[c] = th; \
                outdatedBy(c); \
                if \
                :: tp -> follow(c, te) \
                :: else -> accepting[c] = 0 \
                fi \
            fi \
        :: t == SYNC_BEGIN -> \
            if \
            :: phase[c] == SECONDARY && itsPrimary[c] && !LATE(c, te) -> \
                disk[c] = INCONSISTENT; \
                proposed[c] = 0; \
                send(c, SYNC_READY, 0, 0, 0, 0, 0) \
            :: else -> cut(); unjoin(c) \
            fi \
        :: t == SYNC_READY && phase[c] == ASKED -> \
            compare(c); \
            if \
            :: verdict == PEER_OLDER_FULL || itsDirty[c] -> dirty[c] = 1 \
            :: else \
            fi; \
            phase[c] = SYNCING; \
            next[c] = 0; \
            itsDisk[c] = INCONSISTENT; \
            itsDirty[c] = 0; \
            differs[c] = 1 \
        :: t == SYNC_DONE && phase[c] == SECONDARY && disk[c] == INCONSISTENT -> \
            history[c] = history[c] | tb | th | BIT(current[c]); \
            current[c] = tc; \
            bases[c] = 0; \
            history[c] = history[c] & ~BIT(tc); \
            shared[c] = 1; \
            proposed[c] = 0; \
            disk[c] = UP; \
            dirty[c] = 0; \
            alone[PEER(c)] = 0; \
            itsDisk[c] = UP; \
            itsCurrent[c] = tc; \
            itsHistory[c] = tb | th; \
            itsBases[c] = 0; \
            itsDirty[c] = 0; \
            differs[c] = 0; \
            send(c, SYNCED, 0, 0, 0, 0, 0) \
        :: t == SYNCED && phase[c] == TELLING -> \
            history[c] = history[c] | bases[c]; \
            bases[c] = 0; \
            shared[c] = 1; \
            proposed[c] = 0; \
            dirty[c] = 0; \
            itsDisk[c] = UP; \
            itsCurrent[c] = current[c]; \
            itsBases[c] = 0; \
            itsHistory[c] = history[c]; \
            differs[c] = 0; \
            goMirroring(c) \
        :: t == WRITE -> \
            APPLY(c, te, tc); \
            send(c, WRITTEN, te, 0, 0, 0, 0) \
        :: t == WRITTEN && pending[c] == te && pending[c] != 0 -> complete(c) \
        :: t == BLOCK -> \
            if \
            :: tp -> APPLY(c, te, tc) \
            :: else \
            fi; \
            send(c, COPIED, 0, 0, 0, 0, 0) \
        :: t == COPIED && phase[c] == SYNCING -> \
            next[c] = 1; \
            SHARED_FIRST(c); \
            phase[c] = RESTORING; \
            ask(c, 3) \
        :: else \
        fi; \
        t = 0; te = 0; tp = 0; tc = 0; tb = 0; th = 0 }

#define COPY(c, q) GRANT(c) PROMOTE(c) DEMOTE(c) DRAIN(c) CRASH(c) LINK_DOWN(c) LOSE_PATIENCE(c) RECORD(c) ASK_AGAIN(c) \
    LOSE_ANSWER(c) ANSWERED(c) BEGIN_SYNC(c) APPLICATION(c) LET_GO(c) SEND_BLOCK(c) RECEIVE(c, q)

init {
    d_step {
        disk[0] = UP;
        disk[1] = UP;
        current[0] = 1;
        current[1] = 1;
        shared[0] = 1;
        shared[1] = 1;
        record = 3;
        holder = 2;
        generations = 1
    }
end:
    do
    COPY(0, in0)
    COPY(1, in1)
    LOSE
    CUT
    CONNECT
    od
}
