// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.config.Journal;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.group.Cause;
import io.metalha.node.local.Message;
import java.util.Optional;

/** A person's force of one group: {@link Forcing} decides, keeper, mirrors and journal are told here. One thread. */
final class ForceSide {
    private final GroupId id;
    private final AgentContext context;
    private final MirrorSide mirrors;
    private Optional<Forcing> last = Optional.empty();

    ForceSide(GroupId id, AgentContext context, MirrorSide mirrors) {
        this.id = id;
        this.context = context;
        this.mirrors = mirrors;
    }

    void begin(Forcing order) {
        last = Optional.of(order);
    }

    /** The last such word since this agent's start. */
    Optional<Forcing> last() {
        return last;
    }

    boolean isOpen() {
        return last.filter(Forcing::isOpen).isPresent();
    }

    /** The keeper's {@code refused} line: it names the record that a stale copy would be taken against. */
    void refused(Message line, GroupView view) {
        last.filter(_ -> mirrors.allTold())
                .flatMap(each -> each.refused(line, mirrors.forForce(), view.forForce(context.now())))
                .ifPresent(force -> {
                    Journal.say(id + ": FORCED by a person: " + says());
                    context.keeper().send(force);
                });
    }

    /**
     * The lease is here. Tells the mirrors on the connection of the promotion that follows, so before it.
     *
     * @return the cause to show
     */
    Cause granted(Epoch epoch, Cause cause) {
        if (!last.filter(Forcing::isOpen).map(Forcing::granted).orElse(false)) {
            return cause;
        }
        mirrors.names().forEach(mirror -> context.mirror()
                .send(Message.of("force", "mirror", MirrorSide.name(id.name(), mirror), "epoch", epoch)));
        Journal.say(id + ": granted " + epoch + " by a person's force; " + says());
        return new Cause(
                cause.kind(),
                cause.from(),
                cause.why() + "; a person forced the stale copy here, see operations",
                cause.detect(),
                cause.waited(),
                cause.bound());
    }

    /** Once a turn: what has run out of time is taken back from the keeper. */
    void turn(MonotonicTime now) {
        if (last.filter(each -> each.turn(now)).isPresent()) {
            context.keeper().send(Message.of("force", "group", id, "epoch", Epoch.NONE, "copies", "-"));
        }
    }

    private String says() {
        return last.map(Forcing::says).orElse("");
    }
}
