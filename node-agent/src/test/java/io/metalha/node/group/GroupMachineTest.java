// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GroupMachineTest {
    private static final Epoch E1 = new Epoch(1, 1);
    private static final Epoch E2 = new Epoch(2, 1);

    @Test
    void startsInOrderOfDependencyAndOnlyAfterTheKeeperHasTheStopList() {
        Play play = Play.standby();
        assertEquals(List.of("hold 1.1"), play.granted(E1));
        assertEquals(List.of("start data"), play.stopListed(E1));
        assertEquals(List.of("start files"), play.done("start data"));
        // vip does not wait for files; it waits for data no longer than its own dependencies say.
        assertEquals(List.of("start vip"), play.done("start files"));
        assertEquals(List.of("start sql"), play.done("start vip"));
        assertEquals(List.of("started", "monitors 1"), play.done("start sql"));
        assertInstanceOf(Phase.Running.class, play.phase());
    }

    @Test
    void startsIndependentBranchesSideBySide() {
        GroupPlan plan = Play.plan(
                Play.resource("a", StopClass.PROCESS),
                Play.resource("b", StopClass.PROCESS),
                Play.resource("c", StopClass.PROCESS, "a", "b"));
        Play play = Play.standby(plan);
        play.granted(E1);
        assertEquals(List.of("start a", "start b"), play.stopListed(E1));
        assertEquals(List.of(), play.done("start b"));
        assertEquals(List.of("start c"), play.done("start a"));
    }

    @Test
    void movesByStoppingInReverseOrderAndReleasesOnlyWhenAllIsStopped() {
        Play play = Play.running(E1);
        assertEquals(List.of("no monitors", "stop sql"), play.giveUp(Leave.Kind.MOVE, "server2"));
        assertEquals(List.of("stop vip"), play.done("stop sql"));
        assertEquals(List.of("stop files"), play.done("stop vip"));
        assertEquals(List.of("stop data"), play.done("stop files"));
        assertEquals(List.of("unhold", "release 1.1"), play.done("stop data"));
        assertEquals(List.of("left MOVE"), play.released(E1));
        assertInstanceOf(Phase.Standby.class, play.phase());
    }

    @Test
    void neverReleasesWhileAStopFails() {
        Play play = Play.running(E1);
        play.giveUp(Leave.Kind.MOVE, "server2");
        play.done("stop sql");
        play.done("stop vip");
        assertEquals(List.of(), play.failed("stop files", "target is busy"));
        play.advance(Duration.ofMillis(200));
        assertEquals(List.of(), play.tick());
        play.advance(Duration.ofMillis(200));
        assertEquals(List.of("stop files"), play.tick());
        assertFalse(play.seen("release"));
    }

    @Test
    void aRestartThatFailsIsTriedAgainFromTheDiskUpwards() {
        Play play = Play.running(E1);
        play.around(true, 0, true);
        play.failSql();
        play.done("stop sql");
        play.log.clear();
        play.failed("start sql", "its disk gives errors");
        play.answerUntil("start sql");
        assertEquals(
                List.of(
                        "stop sql",
                        "stop vip",
                        "stop files",
                        "stop data",
                        "start data",
                        "start files",
                        "start vip",
                        "start sql"),
                play.log);
        play.done("start sql");
        assertInstanceOf(Phase.Running.class, play.phase());
        assertFalse(play.seen("release"), "the group stayed");
    }

    @Test
    void anAddressWhoseRepairFailsIsTriedAgainWithoutStoppingWhatUsesIt() {
        Play play = Play.running(E1);
        play.around(true, 0, true);
        play.monitor("ip", false);
        play.failed("start vip", "the link is down");
        play.advance(Duration.ofSeconds(1));
        play.tick();
        assertFalse(play.seen("stop"), () -> "the database runs on: " + play.log);
        assertTrue(play.pending.containsKey("start vip"), () -> "under way: " + play.pending);
    }

    @Test
    void killsAProcessThatDidNotStopWhenAsked() {
        Play play = Play.running(E1);
        play.giveUp(Leave.Kind.MOVE, "server2");
        play.failed("stop sql", "timed out");
        play.advance(Duration.ofSeconds(1));
        assertEquals(List.of("stop hard sql"), play.tick());
    }

    @Test
    void endsHardInTheOrderThatCanAlwaysEndWhenTheLeaseIsLost() {
        Play play = Play.running(E1);
        // Address, processes and disk at once: the disk fails what the processes wait for. The mount after the
        // processes.
        assertEquals(
                List.of("no monitors", "unhold", "stop hard sql", "stop hard vip", "stop hard data"), play.lost(E1));
        assertEquals(List.of(), play.done("stop hard vip"));
        assertEquals(List.of("stop hard files"), play.done("stop hard sql"));
        assertEquals(List.of(), play.done("stop hard files"));
        assertEquals(List.of("ended"), play.done("stop hard data"));
        assertInstanceOf(Phase.Standby.class, play.phase());
        assertFalse(play.seen("release"));
    }

    @Test
    void interruptsWhatIsUnderWayWhenTheLeaseIsLostAndWaitsForItsAnswer() {
        Play play = Play.standby();
        play.granted(E1);
        play.stopListed(E1);
        assertEquals(
                List.of("unhold", "interrupt data", "stop hard sql", "stop hard vip")
                        .subList(0, 2),
                play.lost(E1));
        assertEquals(List.of("stop hard data"), play.failed("start data", "interrupted"));
        assertEquals(List.of("ended"), play.done("stop hard data"));
    }

    @Test
    void restartsInPlaceWhatItsMonitorFoundFailedAndWhatDependsOnIt() {
        Play play = Play.running(E1);
        assertEquals(List.of(), play.monitor("sql", false));
        assertEquals(List.of("no monitors", "stop sql"), play.monitor("sql", false));
        assertEquals(List.of("start sql"), play.done("stop sql"));
        assertEquals(List.of("restarted", "monitors 2"), play.done("start sql"));
    }

    @Test
    void countsConsecutiveFailuresOnly() {
        Play play = Play.running(E1);
        play.monitor("sql", false);
        play.monitor("sql", true);
        assertEquals(List.of(), play.monitor("sql", false));
    }

    @Test
    void dropsAResultOfMonitorsFromBeforeTheRestart() {
        Play play = Play.running(E1);
        play.failSql();
        play.done("stop sql");
        play.done("start sql");
        assertEquals(List.of(), play.monitorOfRun("sql", 1, false));
        assertEquals(List.of(), play.monitorOfRun("sql", 1, false));
        assertInstanceOf(Phase.Running.class, play.phase());
    }

    @Test
    void handsOverWhenRestartsAreUsedUpAndAnotherNodeIsWell() {
        Play play = Play.running(E1);
        play.around(true, 0, true);
        play.failSql();
        play.done("stop sql");
        play.done("start sql");
        assertEquals(List.of("no monitors", "stop sql"), play.failSql());
        Phase.Stopping stopping = assertInstanceOf(Phase.Stopping.class, play.phase());
        assertEquals(Leave.Kind.FAILOVER, stopping.leave().kind());
        assertEquals(1, play.machine.failovers(play.now()));
    }

    @Test
    void forgetsARestartOnceItHasBeenWellForAWhile() {
        Play play = Play.running(E1);
        play.around(true, 0, true);
        play.failSql();
        play.done("stop sql");
        play.done("start sql");
        play.advance(GroupMachine.HEALTHY_AGAIN);
        play.tick();
        play.failSql();
        assertInstanceOf(Phase.Recovering.class, play.phase());
    }

    @Test
    void keepsTryingSlowerEachTimeWhenNoOtherNodeCanTakeOver() {
        Play play = Play.running(E1);
        play.failSql();
        play.done("stop sql");
        play.done("start sql");
        play.failSql();
        assertEquals(List.of("start sql"), play.done("stop sql"));
        play.failed("start sql", "no");
        play.answerUntil("start sql");
        play.failed("start sql", "no");
        assertEquals(List.of(), play.done("stop sql"), "waits before the next");
        play.advance(Duration.ofSeconds(2));
        assertEquals(List.of("start sql"), play.tick());
        assertFalse(play.seen("release"));
    }

    /** The look was a step of its own whose effects nobody carried out: the start was never made, and awaited all the same. */
    @Test
    void losesNothingThatTheLookBeforeAFailedMonitorBrings() {
        Play play = Play.running(E1);
        play.failSql();
        play.done("stop sql");
        play.done("start sql");
        play.failSql();
        play.done("stop sql");
        play.failed("start sql", "no");
        play.answerUntil("start sql");
        play.failed("start sql", "no");
        assertEquals(List.of(), play.done("stop sql"), "waits before the next");
        play.advance(Duration.ofSeconds(2));
        assertEquals(List.of("start sql"), play.lookThenFail("sql", 1));
    }

    @Test
    void stopsTheGroupWhenFailoversAreUsedUpEverywhere() {
        Play play = Play.running(E1);
        play.around(true, 2, true);
        play.failSql();
        play.done("stop sql");
        play.done("start sql");
        play.failSql();
        assertEquals(
                Leave.Kind.FINAL,
                assertInstanceOf(Phase.Stopping.class, play.phase()).leave().kind());
    }

    @Test
    void repairsAnAddressUnderWhatUsesIt() {
        Play play = Play.running(E1);
        assertEquals(List.of("no monitors", "start vip"), play.monitor("ip", false));
        assertEquals(List.of("restarted", "monitors 2"), play.done("start vip"));
    }

    @Test
    void countsNothingAgainstAnAddressThatNobodyCanReachAnyway() {
        Play play = Play.running(E1);
        play.around(true, 0, false);
        assertEquals(List.of(), play.monitor("ip", false));
        assertEquals(List.of(), play.monitor("ip", false));
        assertInstanceOf(Phase.Running.class, play.phase());
    }

    @Test
    void handsNothingOverBecauseOfAFailureWhereNobodyCanReachItAnyway() {
        Play play = Play.running(E1);
        play.around(true, 0, false);
        play.failSql();
        play.done("stop sql");
        play.done("start sql");
        play.failSql();
        assertInstanceOf(Phase.Recovering.class, play.phase());
        assertEquals(0, play.machine.failovers(play.now()));
    }

    @Test
    void handsOverWhatNeedsRestartsTooOften() {
        Play play = Play.running(E1);
        play.around(true, 0, true);
        for (int i = 0; i < Ladder.RESTARTS_FACTOR; i++) {
            play.failSql();
            play.done("stop sql");
            play.done("start sql");
            play.advance(GroupMachine.HEALTHY_AGAIN);
            play.tick();
        }
        play.failSql();
        assertInstanceOf(Phase.Stopping.class, play.phase());
    }

    @Test
    void disturbsNothingWhenTheAgentComesBackAndAllRuns() {
        Play play = new Play(Play.plan());
        assertEquals(List.of("hold 1.1", "probe data", "probe files", "probe vip", "probe sql"), play.resumed(E1));
        play.found("data", Event.ProbeResult.RUNNING);
        play.found("files", Event.ProbeResult.RUNNING);
        play.found("vip", Event.ProbeResult.RUNNING);
        assertEquals(List.of("monitors 1"), play.found("sql", Event.ProbeResult.RUNNING));
        assertInstanceOf(Phase.Running.class, play.phase());
    }

    @Test
    void startsOnlyWhatIsStoppedWhenTheAgentComesBack() {
        Play play = new Play(Play.plan());
        play.resumed(E1);
        play.found("data", Event.ProbeResult.RUNNING);
        play.found("files", Event.ProbeResult.RUNNING);
        play.found("vip", Event.ProbeResult.RUNNING);
        assertEquals(List.of("start sql"), play.found("sql", Event.ProbeResult.STOPPED));
    }

    @Test
    void looksAgainAWhileBeforeItActsOnWhatIsUnclear() {
        Play play = new Play(Play.plan());
        play.resumed(E1);
        play.found("files", Event.ProbeResult.RUNNING);
        play.found("vip", Event.ProbeResult.RUNNING);
        play.found("sql", Event.ProbeResult.RUNNING);
        assertEquals(List.of(), play.found("data", Event.ProbeResult.UNKNOWN));
        play.advance(Duration.ofMillis(300));
        assertEquals(List.of("probe data", "probe files", "probe vip", "probe sql"), play.tick());
    }

    @Test
    void leavesNothingRunningUnheldWhenTheAgentStarts() {
        Play play = new Play(Play.plan());
        assertEquals(List.of("stop sql"), play.unheld(Event.Left.PERHAPS));
        play.done("stop sql");
        play.done("stop vip");
        play.done("stop files");
        assertEquals(List.of("ended"), play.done("stop data"));
    }

    @Test
    void touchesNothingOfAGroupThatDoesNotBelongHereUntilItDoes() {
        Play play = new Play(Play.plan());
        assertEquals(List.of(), play.unheld(Event.Left.NOTHING));
        assertEquals(List.of("stop sql"), play.unheld(Event.Left.PERHAPS));
    }

    @Test
    void givesALeaseBackThatItCannotUseYet() {
        Play play = new Play(Play.plan());
        play.unheld(Event.Left.PERHAPS);
        assertEquals(List.of("release 2.1"), play.granted(E2));
    }

    @Test
    void aSpecChangeRestartsWhatItNamesAndNothingElse() {
        Play play = Play.running(E1);
        GroupPlan plan = Play.plan(
                Play.resource("data", StopClass.DISK),
                Play.resource("files", StopClass.MOUNT, "data"),
                Play.resource("vip", StopClass.ADDRESS, "files"),
                Play.resource("sql", StopClass.PROCESS, "changed", List.of("vip")),
                Play.resource("more", StopClass.PROCESS, "sql"));
        assertEquals(List.of("no monitors", "stop sql"), play.spec(plan));
        assertEquals(List.of("redefine", "start sql"), play.done("stop sql"));
        assertEquals(List.of("start more"), play.done("start sql"));
        assertEquals(List.of("monitors 2"), play.done("start more"));
    }

    @Test
    void aSpecChangeOfMonitorsRestartsNoResource() {
        Play play = Play.running(E1);
        GroupPlan now = Play.plan();
        GroupPlan plan = new GroupPlan(now.id(), now.resources(), List.of(), now.recovery());
        assertEquals(List.of("no monitors", "redefine", "monitors 2"), play.spec(plan));
    }

    @Test
    void refusesCyclesUnknownNamesAndTwins() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Play.plan(
                        Play.resource("a", StopClass.PROCESS, "b"), Play.resource("b", StopClass.PROCESS, "a")));
        assertThrows(IllegalArgumentException.class, () -> Play.plan(Play.resource("a", StopClass.PROCESS, "nowhere")));
        assertThrows(
                IllegalArgumentException.class,
                () -> Play.plan(Play.resource("a", StopClass.PROCESS), Play.resource("a", StopClass.PROCESS)));
    }

    /** Each step of a takeover and a move is interrupted by the loss of the lease: all of it always ends stopped. */
    @Test
    void endsWhereverTheLeaseIsLost() {
        for (int steps = 0; steps < 12; steps++) {
            Play play = Play.standby();
            play.granted(E1);
            play.stopListed(E1);
            for (int i = 0; i < steps; i++) {
                if (i == 4) {
                    play.giveUp(Leave.Kind.MOVE, "server2");
                }
                play.answerOldest();
            }
            boolean held = !play.phase().held().equals(Epoch.NONE);
            List<String> before = new ArrayList<>(play.log);
            play.lost(E1);
            for (int i = 0; i < 20; i++) {
                play.answerOldest();
            }
            assertInstanceOf(Phase.Standby.class, play.phase(), "after " + steps + " steps");
            assertTrue(play.pending.isEmpty());
            if (held) {
                assertEquals(
                        Set.of(), play.leftRunning(), "after " + steps + " steps: " + before + " then " + play.log);
            }
        }
    }
}
