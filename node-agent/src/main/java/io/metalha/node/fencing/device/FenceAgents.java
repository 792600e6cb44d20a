// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import javax.xml.stream.XMLStreamException;

/** The fence agents installed on this server. Any thread; a call lasts as long as the program does. */
public final class FenceAgents {
    private static final Duration METADATA = Duration.ofSeconds(20);
    private static final List<Path> FOLDERS = List.of(Path.of("/usr/sbin"), Path.of("/sbin"), Path.of("/usr/bin"));

    private final List<Path> folders;
    private final IpmitoolWrapper ipmitool;
    private final Map<Path, FenceMetadata> known = new ConcurrentHashMap<>();

    /** @param own a folder of this process alone, from which programs may run: not below /run, which Debian mounts noexec */
    public FenceAgents(Path own) {
        this(own, FOLDERS);
    }

    FenceAgents(Path own, List<Path> folders) {
        this.folders = List.copyOf(folders);
        this.ipmitool = new IpmitoolWrapper(own);
    }

    /**
     * Powers the server off. {@link Answer.Off} only if the agent succeeded and, asked again, says that there is no power: some
     * agents succeed once the order is accepted (fence_ipmilan says so of itself), some boards answer before they act.
     */
    public Answer powerOff(FenceDevice device) {
        return switch (run(device, "off")) {
            case Answer.Done _ ->
                switch (run(device, "status")) {
                    case Answer.Off off -> off;
                    case Answer.On _ -> new Answer.Failed("the agent said it was done, but the server has power still");
                    case Answer.Done _ -> new Answer.Failed("the agent does not tell whether the server has power");
                    case Answer.Failed(var reason) ->
                        new Answer.Failed("the agent said it was done, but then: " + reason);
                };
            case Answer.On _, Answer.Off _ -> throw new IllegalStateException("off is no question");
            case Answer.Failed failed -> failed;
        };
    }

    /** Whether the server has power: that the device is reached, its secret right, and the agent able to confirm. */
    public Answer status(FenceDevice device) {
        return run(device, "status");
    }

    private Answer run(FenceDevice device, String action) {
        try {
            Path program = find(device.agent());
            FenceMetadata metadata = metadata(program);
            Optional<String> objection = metadata.objection(device);
            if (objection.isPresent()) {
                return new Answer.Failed(objection.get());
            }
            Map<String, String> parameters = new TreeMap<>(device.all());
            Map<String, String> environment = ipmitool.hidePassword(metadata, parameters);
            parameters.put("action", action);
            return answer(
                    device,
                    action,
                    AgentProcess.run(List.of(program.toString()), parameters, environment, device.timeout()));
        } catch (IOException e) {
            return new Answer.Failed(Secrets.hide(String.valueOf(e.getMessage()), device));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Answer.Failed("interrupted");
        }
    }

    /** Exit codes by the FenceAgentAPI: 0 done or has power, 1 failed, 2 has no power (status alone). */
    private static Answer answer(FenceDevice device, String action, AgentProcess.Result result) {
        boolean status = action.equals("status");
        if (result.exitCode() == 0) {
            return status ? new Answer.On() : new Answer.Done();
        }
        if (result.exitCode() == 2 && status) {
            return new Answer.Off();
        }
        return new Answer.Failed(device.agent() + " " + action + " ended with " + result.exitCode() + ": "
                + Secrets.hide(result.lastLine(), device));
    }

    private Path find(String agent) throws IOException {
        return folders.stream()
                .map(folder -> folder.resolve(agent))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException(agent + " is not installed on this server: install fence-agents"));
    }

    FenceMetadata metadata(Path program) throws IOException, InterruptedException {
        FenceMetadata metadata = known.get(program);
        if (metadata == null) {
            AgentProcess.Result result =
                    AgentProcess.run(List.of(program.toString(), "-o", "metadata"), Map.of(), Map.of(), METADATA);
            try {
                metadata = FenceMetadata.parse(result.output());
            } catch (XMLStreamException e) {
                throw new IOException(program + " -o metadata cannot be read: " + e.getMessage(), e);
            }
            known.put(program, metadata);
        }
        return metadata;
    }
}
