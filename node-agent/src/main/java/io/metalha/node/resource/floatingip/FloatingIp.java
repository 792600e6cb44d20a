// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import io.metalha.node.core.Epoch;
import io.metalha.node.linux.LinkAddress;
import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.linux.NetworkLink;
import io.metalha.node.linux.RouteSocket;
import io.metalha.node.resource.ResourceDriver;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One floating IP. Start: nobody else has it (one 50 ms probe, which runs beside the mount), filter open, address added,
 * neighbours told; told again twice within a third of a second, and each ten seconds while it runs, since a frame may
 * be lost and a switch may forget. Stop goes the other way round.
 */
public final class FloatingIp implements ResourceDriver {
    /** Begins the reason of a start refused because another machine has the address. */
    public static final String ADDRESS_CONFLICT = "AddressConflict";

    private static final Duration FORGET_TIMEOUT = Duration.ofSeconds(5);

    private final FloatingIpSettings settings;
    private final AddressFilter filter;
    private final Announcer announcer;
    private final LinkState links;
    private final EarlyProbe early;
    private @Nullable Watch carrier;

    public FloatingIp(FloatingIpSettings settings, AddressFilter filter, LinkState links, MonotonicClock clock) {
        this.settings = settings;
        this.filter = filter;
        this.links = links;
        this.announcer = new Announcer(settings);
        this.early = new EarlyProbe(
                clock,
                () -> CompletableFuture.supplyAsync(
                        this::probeDuplicates, Executors.newVirtualThreadPerTaskExecutor()));
    }

    /** {@code address@interface} for the keeper's stop list and filter; empty when no interface fits. */
    public Optional<String> place() {
        try (var routes = RouteSocket.open()) {
            return Placement.find(settings, routes).map(placement -> place(placement.link()));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** Takes every step of a start once, on the loopback link with an address of 127/8: 30 microseconds then, 25 ms cold. */
    @Override
    public void warmUp() {
        try (var routes = RouteSocket.open()) {
            Placement.find(settings, routes);
            Optional<NetworkLink> loopback = routes.links().stream()
                    .filter(link -> link.name().equals("lo"))
                    .findFirst();
            if (loopback.isPresent()) {
                NetworkLink link = loopback.get();
                InetAddress spare = InetAddress.getByAddress(new byte[] {127, 77, 72, 65});
                LinkAddress entry = new LinkAddress(link.index(), spare, 32);
                routes.add(entry);
                routes.remove(entry);
                new DuplicateProbe(settings.address(), link).run(Duration.ofMillis(1));
                Neighbours.of(settings.address(), link).announce();
            }
        } catch (IOException _) {
            // Start will meet it again and say so.
        }
    }

    /** The probe takes as long as the rest of a start, and the lease of the one that is gone has still to run out. */
    @Override
    public synchronized void expect() {
        early.begin();
    }

    @Override
    public synchronized Outcome start(Epoch epoch, Duration timeout) {
        Optional<CompletableFuture<DuplicateProbe.Answer>> probe = early.take();
        try (var routes = RouteSocket.open()) {
            Optional<Placement> found = Placement.find(settings, routes);
            if (found.isEmpty()) {
                return new Outcome.Failed(noInterface());
            }
            Placement placement = found.get();
            NetworkLink link = placement.link();
            if (!link.carrier()) {
                return new Outcome.Failed("interface " + link.name() + " has no carrier, so " + settings.text()
                        + " would reach nobody; check its cable and that it is set up");
            }
            if (placement.present().isEmpty()) {
                Optional<String> conflict = conflict(probe, timeout);
                if (conflict.isPresent()) {
                    return new Outcome.Failed(conflict.get());
                }
            }
            if (filter.open(place(link), epoch, timeout) instanceof Outcome.Failed refused) {
                return refused;
            }
            if (placement.present().isEmpty()) {
                routes.add(placement.entry());
            }
            announcer.begin(link);
            announceWhenCarrierReturns(link.name());
            return new Outcome.Done();
        } catch (IOException e) {
            return new Outcome.Failed("putting " + settings.text() + " on its interface failed: " + e.getMessage());
        }
    }

    @Override
    public synchronized Outcome stop(Epoch epoch, boolean hard, Duration timeout) {
        early.forget();
        quiet();
        try (var routes = RouteSocket.open()) {
            Optional<Placement> found = Placement.find(settings, routes);
            Outcome closed =
                    found.isPresent() ? filter.close(place(found.get().link()), epoch, timeout) : new Outcome.Done();
            for (LinkAddress address : routes.addresses()) {
                if (address.address().equals(settings.address())) {
                    routes.remove(address);
                }
            }
            // With the lease gone the filter has closed by time; and without the address nothing is left to filter.
            return hard ? new Outcome.Done() : closed;
        } catch (IOException e) {
            return new Outcome.Failed("taking " + settings.text() + " off its interface failed: " + e.getMessage());
        }
    }

    /** Running: on its interface, and the interface has a carrier. */
    @Override
    public Probe probe(Duration timeout) {
        try (var routes = RouteSocket.open()) {
            Optional<Placement> found = Placement.find(settings, routes);
            if (found.isEmpty()) {
                return new Probe.Failed(noInterface());
            }
            Placement placement = found.get();
            if (placement.present().isEmpty()) {
                return new Probe.Stopped();
            }
            if (placement.present().get().link() != placement.link().index()) {
                return new Probe.Failed(settings.text() + " is on another interface than "
                        + placement.link().name() + "; remove it there with ip address del");
            }
            return placement.link().carrier()
                    ? new Probe.Running()
                    : new Probe.Failed("interface " + placement.link().name() + " of " + settings.text()
                            + " has lost its carrier; check the cable and the switch");
        } catch (IOException e) {
            return new Probe.Unknown("the kernel did not say which addresses there are: " + e.getMessage());
        }
    }

    /**
     * The address left the group, or the group this server. Without telling the filter: a person gives the address to the server
     * for good, and the kernel drops everything that comes to it until the next boot.
     */
    @Override
    public synchronized void forget() {
        quiet();
        if (filter.forget(place().orElse(settings.text()), FORGET_TIMEOUT) instanceof Outcome.Failed(var why)) {
            System.err.println(settings.text() + " passes only while it is held here, still: " + why);
        }
    }

    @Override
    public Watch watch(Runnable changed) {
        return links.listen((link, _) -> {
            if (place().filter(place -> !place.endsWith("@" + link)).isEmpty()) {
                changed.run();
            }
        });
    }

    /** Switches forget a port whose cable was out. */
    private void announceWhenCarrierReturns(String name) {
        if (carrier == null) {
            carrier = links.listen((link, up) -> {
                if (up && link.equals(name)) {
                    announcer.again();
                }
            });
        }
    }

    private void quiet() {
        announcer.end();
        if (carrier != null) {
            carrier.close();
            carrier = null;
        }
    }

    private DuplicateProbe.Answer probeDuplicates() {
        try (var routes = RouteSocket.open()) {
            Optional<Placement> placement = Placement.find(settings, routes);
            if (placement.isEmpty()) {
                return new DuplicateProbe.Answer.NotAsked(noInterface());
            }
            return new DuplicateProbe(settings.address(), placement.get().link()).run(DuplicateProbe.WINDOW);
        } catch (IOException e) {
            return new DuplicateProbe.Answer.NotAsked("asking the neighbours failed: " + e.getMessage());
        }
    }

    /** The sentence that forbids the start, if any. In doubt it is asked once more before a start is refused. */
    private Optional<String> conflict(Optional<CompletableFuture<DuplicateProbe.Answer>> probe, Duration timeout) {
        DuplicateProbe.Answer answer = probe.map(asked -> join(asked, timeout)).orElseGet(this::probeDuplicates);
        if (!(answer instanceof DuplicateProbe.Answer.Free)) {
            answer = probeDuplicates();
        }
        return switch (answer) {
            case DuplicateProbe.Answer.Free _ -> Optional.empty();
            case DuplicateProbe.Answer.Taken(var mac) ->
                Optional.of(ADDRESS_CONFLICT + ": " + settings.text() + " is in use by the machine with MAC " + mac
                        + ", which is no owner of this group; find it and take the address off it");
            case DuplicateProbe.Answer.NotAsked(var reason) -> Optional.of(reason);
        };
    }

    private static DuplicateProbe.Answer join(CompletableFuture<DuplicateProbe.Answer> probe, Duration timeout) {
        try {
            return probe.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new DuplicateProbe.Answer.NotAsked("interrupted while asking the neighbours");
        } catch (ExecutionException | TimeoutException e) {
            return new DuplicateProbe.Answer.NotAsked("asking the neighbours failed: " + e.getMessage());
        }
    }

    private String place(NetworkLink link) {
        return settings.text() + "@" + link.name();
    }

    private String noInterface() {
        return settings.interfaceName()
                .map(name -> "there is no interface " + name + " on this server for " + settings.text()
                        + "; correct floatingIP.interface")
                .orElseGet(() -> "no interface of this server has an address in the subnet of " + settings.text() + "/"
                        + settings.prefixLength() + "; give one an address there, or name it in floatingIP.interface");
    }
}
