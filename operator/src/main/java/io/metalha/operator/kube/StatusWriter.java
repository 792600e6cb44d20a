// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.HttpURLConnection;
import java.util.List;

/**
 * Writes status by server-side apply: what is applied is owned, what is left out is not touched, so members stay the
 * agents'.
 */
@ApplicationScoped
public class StatusWriter {
    /** Owns everything in status but what agents own. */
    public static final String OPERATOR = "metalha-operator";

    /**
     * Owns the roles and states of members that do not report. A manager of its own, so that giving them back is one
     * empty apply.
     */
    public static final String UNKNOWN_MEMBERS = "metalha-operator-unknown-members";

    private final KubernetesClient client;

    public StatusWriter(KubernetesClient client) {
        this.client = client;
    }

    /** Applies {@code status} to the object that {@code seen} names; {@code empty} is a fresh object of its kind. */
    public <S, T extends CustomResource<?, S>> void apply(T seen, T empty, S status, String manager) {
        patch(named(seen).build(), empty, status, manager);
    }

    /**
     * The same, unless the object is another than {@code seen} by now. For what is said in another's place: without, the word
     * of a cache that is late by milliseconds stands over what the other has said since.
     *
     * @return whether it was applied; if not, the change that was missed will be seen
     */
    public <S, T extends CustomResource<?, S>> boolean applyIfUnchanged(T seen, T empty, S status, String manager) {
        String version = seen.getMetadata().getResourceVersion();
        try {
            patch(named(seen).withResourceVersion(version).build(), empty, status, manager);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    private static ObjectMetaBuilder named(HasMetadata seen) {
        return new ObjectMetaBuilder()
                .withName(seen.getMetadata().getName())
                .withNamespace(seen.getMetadata().getNamespace());
    }

    private <S, T extends CustomResource<?, S>> void patch(ObjectMeta name, T empty, S status, String manager) {
        empty.setMetadata(name);
        empty.setStatus(status);
        client.resource(empty)
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(manager)
                        .withForce(true)
                        .build());
    }

    /** When the operator last changed the object's status, by the API server's clock; empty for never. */
    static String lastApplied(HasMetadata object) {
        List<ManagedFieldsEntry> entries = object.getMetadata().getManagedFields();
        return entries == null
                ? ""
                : entries.stream()
                        .filter(entry -> OPERATOR.equals(entry.getManager()) && "status".equals(entry.getSubresource()))
                        .map(ManagedFieldsEntry::getTime)
                        .findFirst()
                        .orElse("");
    }

    /** Whether {@code manager} owns anything of the object. */
    public static boolean isManagedBy(HasMetadata object, String manager) {
        return object.getMetadata().getManagedFields() != null
                && object.getMetadata().getManagedFields().stream()
                        .map(ManagedFieldsEntry::getManager)
                        .anyMatch(manager::equals);
    }
}
