# Copyright The MetalHA Authors
# SPDX-License-Identifier: Apache-2.0
#
# Completion of examples/lab/lab: source this file in bash.
# shellcheck shell=bash

_metalha_lab() {
    local word=${COMP_WORDS[COMP_CWORD]} choices=''
    case $COMP_CWORD:${COMP_WORDS[1]} in
        1:*) choices='up build install deploy train status down kill revive cut heal stop-api start-api stop-operator start-operator shell exec logs
            kubeconfig help' ;;
        2:kill | 2:revive | 2:deploy) choices='server1 server2 witness' ;;
        2:shell | 2:exec) choices='server1 server2 witness client api operator' ;;
        2:cut) choices='server1 server2 witness servers all' ;;
        2:logs) choices='server1 server2 witness api operator' ;;
        2:down) choices='--all' ;;
        3:cut) choices='public private both' ;;
        3:logs) choices='keeper mirror agent mariadb apache2' ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
}
complete -F _metalha_lab lab examples/lab/lab
