# Copyright The MetalHA Authors
# SPDX-License-Identifier: Apache-2.0
#
# What every script of the lab shares: the topology, the places where state is kept, and how things are said.
# shellcheck shell=bash

lab_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root_dir=$(cd "$lab_dir/../.." && pwd)
# shellcheck source=../topology.env
. "$lab_dir/topology.env"

readonly lab_dir root_dir
readonly state=${METALHA_LAB_STATE:-/var/lib/metalha-lab}
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/metalha
readonly control_plane_bin=$cache/control-plane
readonly image=metalha-lab-server
readonly prefix=metalha-lab-
IFS=, read -ra servers <<<"$SERVERS"
IFS=, read -ra disks <<<"$DISKS"
readonly servers disks
readonly nodes=("${servers[@]}" "$WITNESS")

say() { printf 'lab: %s\n' "$*"; }
die() { printf 'lab: %s\n' "$*" >&2; exit 1; }

container() { printf '%s%s' "$prefix" "$1"; }
exists() { docker container inspect "$(container "$1")" >/dev/null 2>&1; }
running() { [[ $(docker container inspect -f '{{.State.Running}}' "$(container "$1")" 2>/dev/null) == true ]]; }
in_node() { docker exec -i "$(container "$1")" "${@:2}"; }

# address server1 PUBLIC -> the value of SERVER1_PUBLIC
address() { local key=${1^^}_$2; printf '%s' "${!key:-}"; }

is_node() { local n; for n in "${nodes[@]}"; do [[ $n == "$1" ]] && return; done; return 1; }
is_server() { local n; for n in "${servers[@]}"; do [[ $n == "$1" ]] && return; done; return 1; }
require_node() { is_node "${1:-}" || die "'${1:-}' is no machine of the lab; name one of: ${nodes[*]}"; }

# await SECONDS WHAT COMMAND...: polls until the command succeeds.
await() {
    local end=$((SECONDS + $1)) what=$2
    until "${@:3}" >/dev/null 2>&1; do
        ((SECONDS < end)) || die "$what did not happen within $1 s"
        sleep 0.1
    done
}

require_root() { [[ $(id -u) == 0 ]] || die "the lab makes containers, networks and loop devices: run it as root"; }

# The JDK to build and run with: JAVA_HOME where it is a 25, else the first 25 under /usr/lib/jvm.
find_jdk() {
    local home
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
        [[ -x $home/bin/javac && -x $home/bin/jlink ]] || continue
        [[ $("$home/bin/javac" -version 2>&1) == "javac 25"* ]] || continue
        printf '%s' "$home"
        return
    done
    return 1
}
