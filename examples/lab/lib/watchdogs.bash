# Copyright The MetalHA Authors
# SPDX-License-Identifier: Apache-2.0
#
# The servers' watchdogs: a FIFO each, shown to the server as /dev/metalha-lab/watchdog, and a process that does what the hardware would.
# shellcheck shell=bash

watchdog_dir() { printf '%s/watchdogs/%s' "$state" "$1"; }
watchdog_fifo() { printf '%s/device/watchdog' "$(watchdog_dir "$1")"; }
watchdog_log() { printf '%s/log' "$(watchdog_dir "$1")"; }

watchdog_up() { # node
    is_server "$1" || return 0
    local dir
    dir=$(watchdog_dir "$1")
    mkdir -p "$dir/device"
    [[ -p $dir/device/watchdog ]] || mkfifo "$dir/device/watchdog"
    ! watchdog_runs "$1" || return 0
    setsid "$lab_dir/lib/watchdog-stand-in" "$1" >>"$(watchdog_log "$1")" 2>&1 8>&- 9>&- </dev/null &
    echo $! >"$dir/pid"
    disown
}

watchdog_pid() { # node; the process that its own pid file names, and no other
    local pid
    pid=$(cat "$(watchdog_dir "$1")/pid" 2>/dev/null) || return 1
    tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "watchdog-stand-in $1" && printf '%s' "$pid"
}

watchdog_runs() { watchdog_pid "$1" >/dev/null; }

# A server without power does not feed, and its watchdog has none either.
watchdog_off() { # node
    [[ ! -p $(watchdog_fifo "$1") ]] || ! watchdog_runs "$1" || printf V >"$(watchdog_fifo "$1")"
}

watchdogs_down() {
    local node pid
    for node in "${servers[@]}"; do
        pid=$(watchdog_pid "$node") || continue
        kill "$pid"
        await 10 "the end of the watchdog of $node" test ! -e "/proc/$pid"
    done
}
