# Copyright The MetalHA Authors
# SPDX-License-Identifier: Apache-2.0
#
# The two networks, and their cables: pulling one is taking the host's side of the container's veth pair down.
# shellcheck shell=bash

networks_up() {
    network_up "$PUBLIC_NETWORK" "$PUBLIC_SUBNET" --gateway "$PUBLIC_GATEWAY" --ipv6 --subnet "$PUBLIC_SUBNET6"
    network_up "$PRIVATE_NETWORK" "$PRIVATE_SUBNET" --gateway "$PRIVATE_GATEWAY"
}

network_up() { # name subnet docker-options...
    docker network inspect "$1" >/dev/null 2>&1 && return
    refuse_overlap "$2"
    docker network create --internal --subnet "$2" "${@:3}" "$1" >/dev/null
}

networks_down() {
    local network
    for network in "$PUBLIC_NETWORK" "$PRIVATE_NETWORK"; do
        docker network inspect "$network" >/dev/null 2>&1 || continue
        docker network rm "$network" >/dev/null
    done
}

# A bridge's subnet becomes a route of the host: one that covers the host's uplink or resolver would cut it off.
refuse_overlap() { # subnet
    local used
    while read -r used; do
        ! overlap "$1" "$used" || die "network $1 overlaps $used, which this machine uses itself (ip route, /etc/resolv.conf); \
give the lab other subnets in examples/lab/topology.env"
    done < <(ip -4 route | awk '$1 ~ /^[0-9.\/]+$/ {print $1}'
        awk '$1 == "nameserver" && $2 !~ /:/ {print $2}' /etc/resolv.conf)
}

# overlap A B: whether two IPv4 networks (the length may be missing: 32) share an address.
overlap() {
    local a b length
    a=${1#*/} b=${2#*/}
    [[ $1 == */* ]] || a=32
    [[ $2 == */* ]] || b=32
    length=$((a < b ? a : b))
    (($(ip_number "${1%/*}") >> (32 - length) == $(ip_number "${2%/*}") >> (32 - length)))
}

ip_number() {
    local parts
    IFS=. read -ra parts <<<"$1"
    printf '%s' $(((parts[0] << 24) + (parts[1] << 16) + (parts[2] << 8) + parts[3]))
}

# The host's side of a machine's cable: the interface whose index the container's side names.
cable() { # node public|private
    local pid address index
    address=$(address "$1" "${2^^}")
    pid=$(docker container inspect -f '{{.State.Pid}}' "$(container "$1")")
    index=$(nsenter -t "$pid" -n ip -o -4 address show to "$address" 2>/dev/null |
        awk '{print $2}' | head -n1 | xargs -r -I{} nsenter -t "$pid" -n ip -o link show {} | sed -E 's/^[0-9]+: [^@]+@if([0-9]+):.*/\1/')
    [[ $index =~ ^[0-9]+$ ]] || return 1
    ip -o link | awk -F'[:@ ]+' -v index_="$index" '$1 == index_ {print $2}'
}

set_cable() { # node public|private up|down
    local link
    link=$(cable "$1" "$2") || return 0
    ip link set "$link" "$3"
}

# Cuts are remembered, so that a machine that is revived finds its cable still pulled.
pull_cable() { # node public|private
    mkdir -p "$state/cuts"
    touch "$state/cuts/$1.$2"
    ! running "$1" || set_cable "$1" "$2" down
    say "$1: $2 cable pulled"
}

apply_cuts() { # node
    local network
    for network in public private; do
        [[ ! -e $state/cuts/$1.$network ]] || set_cable "$1" "$network" down
    done
}

heal() {
    local cut node
    for cut in "$state"/cuts/*; do
        [[ -e $cut ]] || continue
        node=$(basename "$cut")
        ! running "${node%.*}" || set_cable "${node%.*}" "${node#*.}" up
        rm -f "$cut"
        say "${node%.*}: ${node#*.} cable back"
    done
}
