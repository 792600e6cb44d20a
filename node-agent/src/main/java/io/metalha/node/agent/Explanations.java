// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.api.v1alpha1.OperationAnswer.Decided;
import io.metalha.api.v1alpha1.OperationType;
import io.metalha.node.agent.known.DecisionJournal;
import io.metalha.node.core.GroupId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Stream;

/**
 * Answers operations of type Explain with what this node keeps of its decisions, each once, whatever state the group or another
 * operation is in. It reads and changes nothing, so nobody need accept it first: it works while no operator runs.
 */
final class Explanations {
    /** Of one answer: the 40 that an operation has room for stay below the 1.5 MiB that etcd takes for an object. */
    static final int ANSWER_MAX_BYTES = 32 * 1024;

    /** More questions than this, and an answered one that still stands may be answered again. */
    private static final int ANSWERED_MAX = 256;

    private static final int BECAUSE_MAX = 128;
    /** Room for a decision's field names, times and punctuation in JSON. */
    private static final int FIELDS_BYTES = 160;

    private final AgentContext context;
    private final Groups groups;
    private final Publisher publisher;
    private final MonotonicWall wall;
    private final SequencedSet<String> answered = new LinkedHashSet<>();

    Explanations(AgentContext context, Groups groups, Publisher publisher) {
        this.context = context;
        this.groups = groups;
        this.publisher = publisher;
        this.wall = new MonotonicWall(context.clock(), context.wall());
    }

    /** Whether it is a question, and so nothing to carry out. */
    boolean take(ClusterOperation operation) {
        String group = operation.getSpec().group();
        if (operation.getSpec().type() != OperationType.EXPLAIN) {
            return false;
        }
        String cluster = operation.getSpec().cluster();
        boolean ours = cluster == null || cluster.equals(context.conf().cluster());
        if (group != null && ours && answered.add(operation.getMetadata().getUid())) {
            if (answered.size() > ANSWERED_MAX) {
                answered.removeFirst();
            }
            publisher.answer(operation, answer(group));
        }
        return true;
    }

    private OperationAnswer answer(String group) {
        String now = MonotonicWall.text(context.wallNow());
        return groups.of(new GroupId(group))
                .map(runner -> {
                    Deque<Decided> newest = new ArrayDeque<>();
                    List<String> because = because(runner);
                    int bytes = bytes(because.stream());
                    List<DecisionJournal.Entry> kept =
                            runner.deliberation().journal().entries();
                    for (DecisionJournal.Entry entry : kept.reversed()) {
                        Decided decided = decided(entry);
                        bytes += FIELDS_BYTES
                                + bytes(Stream.of(
                                                Stream.of(decided.rule()),
                                                decided.rejected().stream(),
                                                decided.seen().stream())
                                        .flatMap(texts -> texts));
                        if (bytes > ANSWER_MAX_BYTES) {
                            break;
                        }
                        newest.addFirst(decided);
                    }
                    int leftOut = kept.size() - newest.size();
                    return new OperationAnswer(
                            context.self().name(),
                            now,
                            because,
                            List.copyOf(newest),
                            leftOut == 0 ? null : leftOut,
                            null);
                })
                .orElseGet(() -> new OperationAnswer(
                        context.self().name(),
                        now,
                        List.of(),
                        List.of(),
                        null,
                        "the agent of " + context.self().name() + " knows no group " + group));
    }

    private static List<String> because(GroupRunner runner) {
        var texts = new ArrayList<String>();
        texts.add(runner.deliberation().decision().inWords());
        texts.addAll(runner.deliberation().decision().rejected());
        String said = runner.view().known().keeperSays();
        texts.add("keeper: " + (said.isEmpty() ? "no refusal" : said));
        return List.copyOf(texts.subList(0, Math.min(texts.size(), BECAUSE_MAX)));
    }

    private Decided decided(DecisionJournal.Entry entry) {
        return new Decided(
                wall.text(entry.first()),
                wall.text(entry.last()),
                entry.times(),
                entry.decision().inWords(),
                entry.decision().rejected(),
                entry.seen());
    }

    /** As JSON: UTF-8, quotes and a comma. */
    private static int bytes(Stream<String> texts) {
        return texts.mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length + 3)
                .sum();
    }
}
