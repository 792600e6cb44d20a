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

# All cables that are given go in one step, as when a switch dies: what takes turns would look like one server's fault.
set_cables() { # up|down node.network...
    local place link batch=''
    for place in "${@:2}"; do
        running "${place%.*}" || continue
        link=$(cable "${place%.*}" "${place#*.}") || continue
        batch+="link set $link $1"$'\n'
    done
    [[ -z $batch ]] || ip -batch - <<<"$batch"
}

# Cuts are remembered, so that a machine that is revived finds its cable still pulled.
cut_cables() { # node.network...
    local place
    mkdir -p "$state/cuts"
    set_cables down "$@"
    for place; do
        touch "$state/cuts/$place"
        say "${place%.*}: ${place#*.} cable pulled"
    done
}

apply_cuts() { # node
    local network
    for network in public private; do
        [[ ! -e $state/cuts/$1.$network ]] || set_cables down "$1.$network"
    done
}

heal() {
    local file places=()
    for file in "$state"/cuts/*; do
        [[ ! -e $file ]] || places+=("$(basename "$file")")
    done
    ((${#places[@]})) || return 0
    set_cables up "${places[@]}"
    for file in "${places[@]}"; do
        rm -f "$state/cuts/$file"
        say "${file%.*}: ${file#*.} cable back"
    done
}
