// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import java.io.StringReader;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What a fence agent says of itself to {@code -o metadata} (FenceAgentAPI, "Agent Operations and Return Values").
 *
 * @param parameters all names, old ones included
 * @param required   names that must be given, each with the old name that does as well, or itself
 * @param actions    names, such as off and status
 */
public record FenceMetadata(Set<String> parameters, Map<String, String> required, Set<String> actions) {
    public FenceMetadata {
        parameters = Set.copyOf(parameters);
        required = Map.copyOf(required);
        actions = Set.copyOf(actions);
    }

    private static final String END = "</resource-agent>";

    /** Throws with a sentence when this is no metadata. Text around it, such as an interpreter's warning, is passed over. */
    static FenceMetadata parse(String text) throws XMLStreamException {
        int begin = text.indexOf(text.contains("<?xml") ? "<?xml" : "<resource-agent");
        int end = text.lastIndexOf(END);
        if (begin < 0 || end < begin) {
            throw new XMLStreamException("no <resource-agent> in it");
        }
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        XMLStreamReader in = factory.createXMLStreamReader(new StringReader(text.substring(begin, end + END.length())));
        Set<String> parameters = new HashSet<>();
        Map<String, String> required = new HashMap<>();
        Set<String> actions = new HashSet<>();
        while (in.hasNext()) {
            if (in.next() == XMLStreamConstants.START_ELEMENT) {
                String name = in.getAttributeValue(null, "name");
                if (in.getLocalName().equals("parameter") && name != null) {
                    parameters.add(name);
                    // A name that is out of use is called required together with its successor.
                    if (is(in, "required") && !is(in, "deprecated")) {
                        String old = in.getAttributeValue(null, "obsoletes");
                        required.put(name, old == null ? name : old);
                    }
                } else if (in.getLocalName().equals("action") && name != null) {
                    actions.add(name);
                }
            }
        }
        return new FenceMetadata(parameters, required, actions);
    }

    private static boolean is(XMLStreamReader in, String attribute) {
        return "1".equals(in.getAttributeValue(null, attribute));
    }

    /** Why a device cannot be used with this agent: a sentence; empty for nothing against it. */
    Optional<String> objection(FenceDevice device) {
        for (String action : new String[] {"off", "status"}) {
            if (!actions.contains(action)) {
                return Optional.of(device.agent() + " has no action '" + action
                        + "', without which a power-off cannot be confirmed: use another fence agent");
            }
        }
        Map<String, String> given = device.all();
        for (String name : given.keySet()) {
            if (!parameters.contains(name) && !parameters.contains(name.replace('-', '_'))) {
                return Optional.of(
                        device.agent() + " knows no parameter '" + name + "': see " + device.agent() + " -o metadata");
            }
        }
        if (given.containsKey("hexadecimal_kg")) {
            return Optional.of(
                    "hexadecimal_kg would stand on ipmitool's command line for everybody on the server to read:"
                            + " leave it out");
        }
        // The action is ours to give.
        return required.entrySet().stream()
                .filter(each -> !given.containsKey(each.getKey()) && !given.containsKey(each.getValue()))
                .map(Map.Entry::getKey)
                .filter(name -> !name.equals("action"))
                .sorted()
                .findFirst()
                .map(name -> device.agent() + " needs the parameter '" + name + "': add it to the device's parameters");
    }
}
