// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.Timing;
import io.metalha.node.core.VoterId;
import io.metalha.node.lease.LeaseMessage.Accepted;
import io.metalha.node.lease.LeaseMessage.Ask;
import io.metalha.node.lease.LeaseMessage.Prepare;
import io.metalha.node.lease.LeaseMessage.Promise;
import io.metalha.node.lease.LeaseMessage.Propose;
import io.metalha.node.lease.LeaseMessage.Renew;
import io.metalha.node.lease.LeaseMessage.RenewAck;
import io.metalha.node.lease.LeaseMessage.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Voter 1 among 1, 2 and 3, of which 3 only stores: when is it asked? The others answer at once. */
class PassiveVotersTest {
    private static final long GROUP = TestVoter.GROUP;
    private static final long MILLI = TestVoter.MILLI;
    private static final VoterId SERVER = new VoterId(2);
    private static final VoterId OBJECT = new VoterId(3);

    private final LeaseCore core = new LeaseCore(
            new LeaseConfig(
                    new VoterId(1),
                    List.of(new VoterId(1), SERVER, OBJECT),
                    Timing.normal(),
                    Map.of(OBJECT, Duration.ofSeconds(10))),
            () -> 7);
    private final List<LeaseMessage> toObject = new ArrayList<>();
    private final List<LeaseEffect> effects = new ArrayList<>();
    private boolean serverAnswers = true;
    private boolean objectAnswers = true;
    private long now = 1_000 * MILLI;

    @BeforeEach
    void start() {
        step(new LeaseEvent.Started(StoreState.VOTING, Duration.ofMillis(800), List.of()));
        pass(2_000);
    }

    @Test
    void aHealthyPairAsksItToWriteNothing() {
        want();
        pass(600_000);
        assertTrue(holds());
        assertEquals(
                List.of(),
                toObject.stream().filter(each -> !(each instanceof Ask)).toList());
    }

    @Test
    void aHolderWhoseOnlyPeerIsGoneKeepsItsLeaseByEighteenRenewalsAMinute() {
        want();
        pass(5_000);
        serverAnswers = false;
        for (int i = 0; i < 120; i++) {
            pass(500);
            assertTrue(holds());
        }
        assertEquals(1, toObject.stream().filter(Propose.class::isInstance).count());
        assertEquals(18, toObject.stream().filter(Renew.class::isInstance).count(), 1.0);
        assertTrue(core.usableUntilNanos(GROUP) - now <= 740 * MILLI, "a lease is no longer than the own vote's");
    }

    @Test
    void takesOverWithItAloneAndWithoutItNot() {
        serverAnswers = false;
        want();
        pass(1_000);
        assertTrue(holds());
        objectAnswers = false;
        pass(9_000);
        assertTrue(holds());
        pass(4_400);
        assertFalse(holds());
    }

    @Test
    void tellsItOnceMoreWhenItForgot() {
        want();
        pass(5_000);
        step(new LeaseEvent.Forgetful(OBJECT, true));
        pass(5_000);
        assertEquals(1, toObject.stream().filter(Propose.class::isInstance).count());
        step(new LeaseEvent.Forgetful(OBJECT, true));
        pass(5_000);
        assertEquals(2, toObject.stream().filter(Propose.class::isInstance).count());
        step(new LeaseEvent.Forgetful(OBJECT, false));
        pass(5_000);
        assertEquals(2, toObject.stream().filter(Propose.class::isInstance).count());
    }

    @Test
    void itsGrantIsTenSecondsAndTheServersIsNot() {
        serverAnswers = false;
        want();
        pass(1_000);
        var asked = toObject.stream()
                .filter(Propose.class::isInstance)
                .map(Propose.class::cast)
                .findFirst();
        assertEquals(10_000, asked.orElseThrow().leaseMillis());
        assertTrue(effects.stream()
                .filter(LeaseEffect.Send.class::isInstance)
                .map(effect -> ((LeaseEffect.Send) effect))
                .filter(send -> send.to().equals(SERVER) && send.message() instanceof Propose)
                .allMatch(send -> ((Propose) send.message()).leaseMillis() == 800));
    }

    private boolean holds() {
        return core.usableUntilNanos(GROUP) > now;
    }

    private void want() {
        step(new LeaseEvent.Want(GROUP, true, Duration.ZERO, List.of()));
    }

    private void pass(long millis) {
        for (long end = now + millis * MILLI; now < end; now += MILLI) {
            if (core.nextDeadlineNanos() <= now) {
                step(new LeaseEvent.Tick());
            }
            if (now / MILLI % 100 == 0) {
                core.renew(now, this::renewed);
            }
        }
    }

    private void renewed(long group, long counter, int voter, int leaseMillis, long sent) {
        if (serverAnswers) {
            core.onRenewAck(SERVER.number(), group, counter, voter, sent, now);
        }
    }

    private void step(LeaseEvent event) {
        for (LeaseEffect effect : core.step(event, new MonotonicTime(now))) {
            effects.add(effect);
            switch (effect) {
                case LeaseEffect.Persist persist -> step(new LeaseEvent.Persisted(persist.token()));
                case LeaseEffect.PersistStore persist -> step(new LeaseEvent.Persisted(persist.token()));
                case LeaseEffect.Send(var to, var message) -> asked(to, message);
                default -> {}
            }
        }
    }

    private void asked(VoterId to, LeaseMessage message) {
        if (to.equals(OBJECT)) {
            toObject.add(message);
        }
        if (!(to.equals(OBJECT) ? objectAnswers : serverAnswers)) {
            return;
        }
        LeaseMessage answer =
                switch (message) {
                    case Ask ask -> new Standing(GROUP, ask.sentNanos(), true, Epoch.NONE, GroupRecord.EMPTY, 0);
                    case Prepare prepare ->
                        new Promise(GROUP, prepare.ballot(), prepare.sentNanos(), GroupRecord.EMPTY);
                    case Propose propose ->
                        new Accepted(
                                GROUP,
                                propose.record().epoch(),
                                propose.record().sequence(),
                                propose.sentNanos());
                    case Renew renew -> new RenewAck(GROUP, renew.epoch(), renew.sentNanos());
                    default -> null;
                };
        if (answer != null) {
            step(new LeaseEvent.Received(to, answer));
        }
    }
}
