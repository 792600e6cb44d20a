// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real programs, written by the test. */
class FenceAgentsTest {
    private static final String SECRET = "s3cret-of-the-board";

    @TempDir
    Path folder;

    private FenceAgents agents;

    @BeforeEach
    void lay() {
        agents = new FenceAgents(folder.resolve("run"), List.of(folder));
    }

    @Test
    void confirmsWhenTheAgentSucceedsAndTheStatusIsOff() throws IOException {
        agent("case $action in off) echo off >$DIR/power;; status) [ -e $DIR/power ] && exit 2;; esac; exit 0");
        assertEquals(new Answer.On(), agents.status(device()));
        assertEquals(new Answer.Off(), agents.powerOff(device()));
        assertEquals(new Answer.Off(), agents.status(device()));
    }

    /** Such as fence_ipmilan with method cycle, or a board that answers before it acts. */
    @Test
    void successAloneConfirmsNothing() throws IOException {
        agent("exit 0");
        assertEquals(
                new Answer.Failed("the agent said it was done, but the server has power still"),
                agents.powerOff(device()));
    }

    @Test
    void aStatusThatSaysOffConfirmsNothingWhenTheAgentFailed() throws IOException {
        agent("[ $action = status ] && exit 2; echo 'no such plug' >&2; exit 1");
        assertEquals(new Answer.Failed("fence_test off ended with 1: no such plug"), agents.powerOff(device()));
    }

    @Test
    void exitCodeTwoOfOffIsNoSuccess() throws IOException {
        agent("exit 2");
        assertInstanceOf(Answer.Failed.class, agents.powerOff(device()));
    }

    @Test
    void parametersAndSecretsComeOnStandardInputAlone() throws IOException {
        agent(
                "tr '\\0' ' ' </proc/$$/cmdline >$DIR/line; env >$DIR/environment; printf '%s' \"$given\" >$DIR/given; exit 0");
        assertEquals(new Answer.On(), agents.status(device()));
        assertEquals(
                "action=status\nip=127.0.0.1\npassword=" + SECRET,
                Files.readString(folder.resolve("given")).strip());
        assertFalse(Files.readString(folder.resolve("line")).contains(SECRET));
        String environment = Files.readString(folder.resolve("environment"));
        assertFalse(environment.contains(SECRET));
        assertFalse(environment.contains("HOME="), environment);
    }

    @Test
    void whatAnAgentSaysOfASecretIsNotRepeated() throws IOException {
        agent("echo \"cannot log in as metalha with $(echo \"$given\" | sed -n s/password=//p)\"; exit 1");
        Answer answer = agents.status(device());
        assertEquals(new Answer.Failed("fence_test status ended with 1: cannot log in as metalha with ***"), answer);
        assertFalse((answer + " " + device()).contains(SECRET));
    }

    @Test
    void anAgentThatHangsIsEndedWithItsHelpers() throws IOException {
        agent("echo $$ >$DIR/pid; sleep 600 & echo $! >$DIR/helper; wait");
        FenceDevice impatient =
                new FenceDevice("ipmi", "fence_test", Map.of("ip", "::1"), Map.of(), Duration.ofSeconds(1));
        assertEquals(
                new Answer.Failed(folder.resolve("fence_test") + " did not end within 1 s"), agents.status(impatient));
        for (String file : List.of("pid", "helper")) {
            long pid = Long.parseLong(Files.readString(folder.resolve(file)).strip());
            ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
        }
    }

    @Test
    void anAgentThatChattersIsReadToTheBoundAndNoFurther() throws IOException {
        agent("head -c 20000000 /dev/zero | tr '\\0' x; exit 1");
        Answer.Failed failed = assertInstanceOf(Answer.Failed.class, agents.status(device()));
        assertTrue(
                failed.reason().length() < 400,
                () -> String.valueOf(failed.reason().length()));
    }

    @Test
    void whatTheMetadataDoesNotKnowIsRefusedBeforeTheAgentRuns() throws IOException {
        agent("touch $DIR/ran; exit 0");
        FenceDevice device =
                new FenceDevice("ipmi", "fence_test", Map.of("ipp", "::1"), Map.of(), Duration.ofSeconds(5));
        assertEquals(
                new Answer.Failed("fence_test knows no parameter 'ipp': see fence_test -o metadata"),
                agents.status(device));
        FenceDevice empty = new FenceDevice("ipmi", "fence_test", Map.of(), Map.of(), Duration.ofSeconds(5));
        assertEquals(
                new Answer.Failed("fence_test needs the parameter 'ip': add it to the device's parameters"),
                agents.status(empty));
        assertFalse(Files.exists(folder.resolve("ran")));
    }

    /** As fence_redfish has it. */
    @Test
    void anOldNameStandsForItsSuccessor() throws XMLStreamException {
        FenceMetadata metadata = FenceMetadata.parse("""
                <resource-agent><parameters>
                <parameter name="username" required="1" obsoletes="login"/><parameter name="login" required="1" deprecated="1"/>
                </parameters><actions><action name="off"/><action name="status"/></actions></resource-agent>
                """);
        for (String name : List.of("username", "login")) {
            FenceDevice device = new FenceDevice("x", "fence_x", Map.of(name, "me"), Map.of(), Duration.ofSeconds(1));
            assertEquals(Optional.empty(), metadata.objection(device));
        }
        FenceDevice without = new FenceDevice("x", "fence_x", Map.of(), Map.of(), Duration.ofSeconds(1));
        assertEquals(
                Optional.of("fence_x needs the parameter 'username': add it to the device's parameters"),
                metadata.objection(without));
    }

    @Test
    void anAgentThatIsNotThereIsNamed() {
        assertEquals(
                new Answer.Failed("fence_test is not installed on this server: install fence-agents"),
                agents.status(device()));
    }

    @Test
    void aLineEndWouldBeAnotherParameter() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new FenceDevice(
                        "ipmi", "fence_test", Map.of(), Map.of("password", SECRET + "\naction=on"), Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class,
                () -> new FenceDevice("ipmi", "../bin/sh", Map.of(), Map.of(), Duration.ZERO));
    }

    private static FenceDevice device() {
        return new FenceDevice(
                "ipmi", "fence_test", Map.of("ip", "127.0.0.1"), Map.of("password", SECRET), Duration.ofSeconds(10));
    }

    private void agent(String body) throws IOException {
        Path program = folder.resolve("fence_test");
        Files.writeString(program, """
                #!/bin/sh
                DIR=%s
                if [ "$1" = -o ]; then
                    echo 'an interpreter warns of its age'
                    cat <<'END'
                <?xml version="1.0" ?>
                <resource-agent name="fence_test"><parameters>
                <parameter name="action" required="1"/><parameter name="ip" required="1"/>
                <parameter name="password" required="0"/></parameters>
                <actions><action name="off"/><action name="status"/><action name="monitor"/></actions></resource-agent>
                END
                    exit 0
                fi
                given=$(cat)
                action=$(echo "$given" | sed -n s/action=//p)
                %s
                """.formatted(folder, body));
        assertTrue(program.toFile().setExecutable(true));
    }
}
