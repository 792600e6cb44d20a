# Copyright The MetalHA Authors
# SPDX-License-Identifier: Apache-2.0
#
# The machines: containers that boot systemd. Power loss is `docker kill`; what they wrote to their own disk stays.
# shellcheck shell=bash

# Capabilities are named, because --privileged is refused where the host itself lacks one.
readonly machine_options=(
    -t -e container=docker --cgroupns=private --tmpfs /run --tmpfs /tmp
    --cap-add NET_ADMIN --cap-add NET_RAW --cap-add SYS_ADMIN --cap-add SYS_NICE --cap-add IPC_LOCK --cap-add SYS_BOOT
    --cap-add SYS_PTRACE --security-opt seccomp=unconfined --security-opt apparmor=unconfined
    --device-cgroup-rule 'b 7:* rmw' --device-cgroup-rule 'b 43:* rmw' --device-cgroup-rule 'c 10:* rmw'
)

node_up() { # node
    running "$1" && return
    mkdir -p "$state/servers/$1"/{opt,etc,lab}
    disks_up "$1"
    watchdog_up "$1"
    exists "$1" || create_node "$1"
    boot_node "$1"
}

# A machine gets its name when it is complete, so that an interrupted `up` leaves nothing half made.
create_node() { # node
    local options=("${machine_options[@]}") name dir=$state/servers/$1
    name=$(container "$1").new
    docker rm -fv "$name" >/dev/null 2>&1 || true
    mapfile -t -O "${#options[@]}" options < <(realtime_options)
    [[ -z ${METALHA_LAB_MEMORY:-} ]] || options+=(--memory "$METALHA_LAB_MEMORY" --memory-swap "$METALHA_LAB_MEMORY")
    ! is_server "$1" || options+=(-v "$(watchdog_dir "$1")/device:/dev/metalha-lab")
    docker create --name "$name" --hostname "$1" "${options[@]}" \
        --network "$PUBLIC_NETWORK" --ip "$(address "$1" PUBLIC)" --ip6 "$(address "$1" PUBLIC6)" \
        -v "$dir/opt:/opt/metalha:ro" -v "$dir/etc:/etc/metalha" -v "$dir/lab:/etc/metalha-lab:ro" \
        -v "$state/resolv.conf:/etc/resolv.conf:ro" "$image:latest" >/dev/null
    docker network connect --ip "$(address "$1" PRIVATE)" "$PRIVATE_NETWORK" "$name"
    prepare_units "$1" "$name"
    docker rename "$name" "$(container "$1")"
}

# A server's own settings are put on its disk before its first boot.
prepare_units() { # node container
    local units unit
    units=$(mktemp -d)
    mkdir -p "$units/multi-user.target.wants"
    for unit in keeper mirror agent; do
        ln -s "/opt/metalha/systemd/metalha-$unit.service" "$units/metalha-$unit.service"
    done
    if [[ $1 == "$WITNESS" ]]; then
        ln -sf /dev/null "$units/metalha-mirror.service"
        ln -s /dev/null "$units/mariadb.service"
        ln -s /dev/null "$units/apache2.service"
        ln -s /lib/systemd/system/named.service "$units/multi-user.target.wants/named.service"
        dns_files | docker cp - "$2:/"
    fi
    docker cp -q "$units/." "$2:/etc/systemd/system/"
    rm -rf "$units"
}

boot_node() { # node
    docker start "$(container "$1")" >/dev/null
    apply_cuts "$1"
    say "$1: booting"
}

# Processes inside may ask for real-time scheduling only where their cgroup has a budget for it (cgroup v1 with RT groups).
readonly realtime_group=/sys/fs/cgroup/cpu/docker
realtime_options() {
    [[ -e /sys/fs/cgroup/cpu/cpu.rt_runtime_us ]] || return 0
    mkdir -p "$realtime_group"
    if echo 900000 2>/dev/null >"$realtime_group/cpu.rt_runtime_us"; then
        echo --cpu-rt-runtime=$((850000 / ${#nodes[@]}))
    else
        say "no real-time budget for containers here: the keepers will run without real-time scheduling" >&2
    fi
}

# Gives the budget back; refused, and rightly, while another container uses it.
realtime_down() {
    [[ ! -e $realtime_group/cpu.rt_runtime_us ]] || echo 0 2>/dev/null >"$realtime_group/cpu.rt_runtime_us" || true
}

booted() { # node
    [[ $(in_node "$1" systemctl is-system-running 2>/dev/null) =~ running|degraded ]]
}

kill_node() { # node
    running "$1" || { say "$1: is off"; return; }
    docker kill "$(container "$1")" >/dev/null
    await 10 "the power loss of $1" node_is_off "$1"
    watchdog_off "$1"
    detach_leaked_loops
    say "$1: power lost"
}

node_is_off() { ! running "$1"; }

revive_node() { # node
    ! running "$1" || { say "$1: runs"; return; }
    exists "$1" || die "there is no $1: run lab up"
    detach_leaked_loops
    node_up "$1"
}

client_up() {
    running client && return
    exists client || docker create --name "$(container client)" --hostname client --init --network "$PUBLIC_NETWORK" \
        --ip "$CLIENT_PUBLIC" --ip6 "$CLIENT_PUBLIC6" --cap-add NET_ADMIN --cap-add NET_RAW \
        -v "$state/resolv.conf:/etc/resolv.conf:ro" -v "$state/servers/server1/opt:/opt/metalha:ro" \
        "$image:latest" sleep infinity >/dev/null
    docker start "$(container client)" >/dev/null
}
