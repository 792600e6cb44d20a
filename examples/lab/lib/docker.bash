# Copyright The MetalHA Authors
# SPDX-License-Identifier: Apache-2.0
#
# The docker daemon: used where one runs, else started by hand; one that the lab started, the lab can stop.
# shellcheck shell=bash

readonly dockerd_pid=$state/dockerd.pid

docker_up() {
    docker info >/dev/null 2>&1 && return
    command -v dockerd >/dev/null || die "docker is missing: run examples/lab/setup"
    if [[ -d /run/systemd/system ]]; then
        say "starting docker through systemd"
        systemctl start docker && return
    fi
    say "starting dockerd by hand (log: $state/dockerd.log)"
    mkdir -p "$state"
    setsid dockerd --pidfile "$dockerd_pid" >>"$state/dockerd.log" 2>&1 9>&- </dev/null &
    disown
    await 30 "docker's answer" docker info
}

# Only a daemon that this lab started, and only the process its own pid file names.
docker_down() {
    [[ -s $dockerd_pid ]] || return 0
    local pid
    pid=$(<"$dockerd_pid")
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) == dockerd ]] || return 0
    say "stopping the dockerd that the lab started"
    kill "$pid"
    await 30 "the end of dockerd" test ! -e "/proc/$pid"
}
