// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.dns;

import io.metalha.node.core.Epoch;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/** One registration at one server: A and AAAA replaced in one update, then the PTRs. Blocks; bounded by its timeout. */
final class Registration {
    private final VirtualHostNameSettings settings;
    private final Name host;
    private final SimpleResolver server;

    Registration(VirtualHostNameSettings settings, Duration timeout) throws IOException {
        this.settings = settings;
        this.host = Name.fromString(settings.name(), absolute(settings.zone()));
        this.server = new SimpleResolver(settings.server());
        // An update with a signature may pass 512 bytes, and a name server that answers TCP is one that is there.
        server.setTCP(true);
        server.setTimeout(timeout);
        if (settings.key().isPresent()) {
            var key = settings.key().get().read();
            server.setTSIGKey(
                    new TSIG(absolute(key.algorithm().toLowerCase(Locale.ROOT)), absolute(key.name()), key.secret()));
        }
    }

    /** Throws IOException with a sentence. */
    void register(Epoch epoch) throws IOException {
        List<InetAddress> stale = registered();
        stale.removeAll(settings.addresses());
        long ttl = settings.ttl().toSeconds();
        Update update = new Update(absolute(settings.zone()));
        update.delete(host, Type.A);
        update.delete(host, Type.AAAA);
        update.delete(host, Type.TXT);
        for (InetAddress address : settings.addresses()) {
            update.add(
                    address.getAddress().length == 4
                            ? new ARecord(host, DClass.IN, ttl, address)
                            : new AAAARecord(host, DClass.IN, ttl, address));
        }
        update.add(new TXTRecord(host, DClass.IN, ttl, "metalha node=" + settings.node() + " epoch=" + epoch));
        send(update, settings.zone());
        reverse(stale, ttl);
    }

    private void reverse(List<InetAddress> stale, long ttl) throws IOException {
        if (settings.reverseZone().isEmpty()) {
            return;
        }
        Name zone = absolute(settings.reverseZone().get());
        Update update = new Update(zone);
        boolean any = false;
        for (InetAddress address : stale) {
            Name reverse = ReverseMap.fromAddress(address);
            if (reverse.subdomain(zone)) {
                // Only a PTR that still says our name: the address may have got another owner.
                update.delete(new PTRRecord(reverse, DClass.IN, 0, host));
                any = true;
            }
        }
        for (InetAddress address : settings.addresses()) {
            Name reverse = ReverseMap.fromAddress(address);
            if (reverse.subdomain(zone)) {
                update.delete(reverse, Type.PTR);
                update.add(new PTRRecord(reverse, DClass.IN, ttl, host));
                any = true;
            }
        }
        if (any) {
            send(update, settings.reverseZone().get());
        }
    }

    /** What the name says now, to find PTRs that will be wrong. */
    private List<InetAddress> registered() throws IOException {
        List<InetAddress> found = new ArrayList<>();
        for (int type : new int[] {Type.A, Type.AAAA}) {
            Message answer = server.send(Message.newQuery(Record.newRecord(host, type, DClass.IN)));
            for (Record record : answer.getSection(Section.ANSWER)) {
                address(record).ifPresent(found::add);
            }
        }
        return found;
    }

    private static Optional<InetAddress> address(Record record) {
        return switch (record) {
            case ARecord a -> Optional.of(a.getAddress());
            case AAAARecord aaaa -> Optional.of(aaaa.getAddress());
            default -> Optional.empty();
        };
    }

    private void send(Update update, String zone) throws IOException {
        int code = server.send(update).getRcode();
        if (code == Rcode.NOERROR) {
            return;
        }
        String hint =
                switch (code) {
                    case Rcode.REFUSED, Rcode.NOTAUTH, Rcode.BADKEY, Rcode.BADSIG ->
                        "check the TSIG key, and that the zone allows updates with it";
                    case Rcode.NOTZONE -> "check that the name and addresses lie in the zone";
                    case Rcode.SERVFAIL -> "look into the name server's log (it may not be able to write its journal)";
                    default -> "look into the name server's log";
                };
        throw new IOException(
                "the name server answered " + Rcode.string(code) + " to the update of " + zone + "; " + hint);
    }

    private static Name absolute(String name) throws TextParseException {
        return Name.fromString(name, Name.root);
    }
}
