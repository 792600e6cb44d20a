// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.metalha.operator.plan.Note;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Writes events (events.k8s.io/v1).
 *
 * <p>They are written before the status in which they show, under a name made from what they say: an operator killed in
 * between writes them again, and the API server refuses the second one.
 */
@ApplicationScoped
public class Events {
    private static final int NOTE_MAX = 1024;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubernetesClient client;

    public Events(KubernetesClient client) {
        this.client = client;
    }

    public void write(HasMetadata about, List<Note> notes, Instant now) {
        for (Note note : notes) {
            try {
                client.resource(event(about, note, now)).create();
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
            }
        }
    }

    private static Event event(HasMetadata about, Note note, Instant now) {
        String text =
                note.text().length() <= NOTE_MAX ? note.text() : note.text().substring(0, NOTE_MAX - 1) + "…";
        return new EventBuilder()
                .withNewMetadata()
                .withName(name(about, note))
                .withNamespace(about.getMetadata().getNamespace())
                .endMetadata()
                .withEventTime(new MicroTime(MICROS.format(now)))
                .withReportingController("metalha-operator")
                .withReportingInstance("metalha-operator")
                .withAction(note.reason())
                .withReason(note.reason())
                .withType(note.severity().word())
                .withNote(text)
                .withNewRegarding()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withName(about.getMetadata().getName())
                .withNamespace(about.getMetadata().getNamespace())
                .withUid(about.getMetadata().getUid())
                .endRegarding()
                .build();
    }

    /**
     * Equal notes on top of one status are one event, however much later an operator that was started again writes them;
     * the same may happen again once another status is published.
     */
    private static String name(HasMetadata about, Note note) {
        int hash =
                Objects.hash(about.getMetadata().getUid(), note.reason(), note.text(), StatusWriter.lastApplied(about));
        return about.getMetadata().getName() + "." + HexFormat.of().toHexDigits(hash);
    }
}
