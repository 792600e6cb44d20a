// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.storm;

import io.metalha.e2e.story.Scene;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A kind of harm. What begins is ended by {@link Harm#end}; what needs no end has an empty one.
 *
 * <p>Left out, because containers share it with the machine that carries them: steps of the wall clock, and disks that run full.
 */
enum Fault {
    POWER_LOSS(true) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            scene.powerOff(victim);
            return new Harm(victim + " lost power", () -> scene.lab().revive(victim));
        }
    },
    CABLE(true) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            String network = pick(NETWORKS, random);
            scene.lab().cut(victim, network);
            return new Harm("%s: %s cable pulled".formatted(victim, network), () -> scene.lab()
                    .heal());
        }
    },
    BOTH_CABLES(true) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            scene.lab().cut(victim, "both");
            return new Harm(victim + ": both cables pulled", () -> scene.lab().heal());
        }
    },
    DEAF(true) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            return oneWay(scene, victim, "input", "iifname", pick(NETWORKS, random));
        }
    },
    MUTE(true) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            return oneWay(scene, victim, "output", "oifname", pick(NETWORKS, random));
        }
    },
    KILLED_PROCESS(true) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            String unit = pick(PROCESSES, random);
            scene.lab().signal(victim, unit, "KILL");
            return new Harm("%s: %s killed".formatted(victim, unit), () -> {});
        }
    },
    STOPPED_PROCESS(true) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            String unit = pick(PROCESSES, random);
            scene.lab().signal(victim, unit, "STOP");
            return new Harm("%s: %s stands still".formatted(victim, unit), () -> scene.lab()
                    .exec(victim, "systemctl", "kill", "--kill-who=main", "--signal=CONT", unit));
        }
    },
    FROZEN_MACHINE(true) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            scene.lab().freeze(victim);
            return new Harm(
                    victim + ": every process stands still", () -> scene.lab().thaw(victim));
        }
    },
    KILLED_SERVICE(true) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            String unit = pick(SERVICES, random);
            scene.lab().exec(victim, "systemctl", "kill", "--kill-who=main", "--signal=KILL", unit);
            return new Harm("%s: %s killed".formatted(victim, unit), () -> {});
        }
    },
    WITNESS_OFF(false) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            scene.lab().kill(WITNESS);
            return new Harm("the witness lost power", () -> scene.lab().revive(WITNESS));
        }
    },
    API_DOWN(false) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            scene.lab().stopApi();
            return new Harm("the API server is stopped", () -> scene.lab().startApi());
        }
    },
    OPERATOR_DOWN(false) {
        @Override
        Harm begin(Scene scene, String victim, RandomGenerator random) {
            scene.lab().stopOperator();
            return new Harm("the operator is stopped", () -> scene.lab().startOperator());
        }
    };

    /** Something that is wrong now, and how it is put right. */
    record Harm(String what, Runnable ending) {
        void end() {
            ending.run();
        }
    }

    static final String WITNESS = "witness";

    private static final List<String> NETWORKS = List.of("public", "private");
    private static final List<String> PROCESSES =
            List.of("metalha-keeper.service", "metalha-mirror.service", "metalha-agent.service");
    private static final List<String> SERVICES = List.of("mariadb.service", "apache2.service");

    private final boolean ofServer;

    Fault(boolean ofServer) {
        this.ofServer = ofServer;
    }

    /** @param victim a server; of no meaning for what hits none */
    abstract Harm begin(Scene scene, String victim, RandomGenerator random);

    boolean isOfServer() {
        return ofServer;
    }

    static <T> T pick(List<T> list, RandomGenerator random) {
        return list.get(random.nextInt(list.size()));
    }

    /** Packets go one way only: dropped in the victim's own kernel, before or after everything else there. */
    private static Harm oneWay(Scene scene, String victim, String hook, String direction, String network) {
        String table = "storm_" + hook + "_" + network;
        String script = """
                interface=$(ip -o -4 address show to %s | awk '{print $2; exit}')
                nft add table inet %s
                nft add chain inet %s lossy '{ type filter hook %s priority -350; policy accept; }'
                nft add rule inet %s lossy %s "$interface" drop
                """.formatted(
                        scene.lab()
                                .topology()
                                .get(victim.toUpperCase(java.util.Locale.ROOT) + "_"
                                        + network.toUpperCase(java.util.Locale.ROOT)),
                        table,
                        table,
                        hook,
                        table,
                        direction);
        scene.lab().exec(victim, "sh", "-ec", script).orFail();
        return new Harm("%s: no %s on the %s network".formatted(victim, hook, network), () -> scene.lab()
                .exec(victim, "nft", "delete", "table", "inet", table));
    }
}
