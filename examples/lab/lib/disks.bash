# Copyright The MetalHA Authors
# SPDX-License-Identifier: Apache-2.0
#
# Data disks: loop devices over sparse files, which survive a server's power loss as real disks do.
# shellcheck shell=bash

disk_file() { printf '%s/disks/%s-%s.img' "$state" "$1" "$2"; }
loop_of() { losetup -nO NAME -j "$1" | head -n1 | tr -d ' '; }

# Attaches the disks of a server, and tells the server's boot which loop device has which name.
disks_up() { # server
    local disk file loop
    mkdir -p "$state/disks" "$state/servers/$1/lab"
    : >"$state/servers/$1/lab/disks.new"
    is_server "$1" && for disk in "${disks[@]}"; do
        file=$(disk_file "$1" "$disk")
        [[ -e $file ]] || truncate -s "${DISK_MIB}M" "$file"
        loop=$(loop_of "$file")
        if [[ -z $loop ]]; then
            # Direct I/O: what the server was told is written is not only in this machine's memory. Not every file system can.
            loop=$(losetup -f --show --direct-io=on "$file" 2>/dev/null || losetup -f --show "$file")
        fi
        printf '%s %s\n' "$disk" "${loop#/dev/loop}" >>"$state/servers/$1/lab/disks.new"
    done
    mv "$state/servers/$1/lab/disks.new" "$state/servers/$1/lab/disks"
}

disks_down() {
    local file loop
    for file in "$state"/disks/*.img; do
        [[ -e $file ]] || continue
        loop=$(loop_of "$file")
        [[ -z $loop ]] || losetup -d "$loop"
    done
}

# A killed server leaves the loop devices that its mirror put on nbdfuse files. Their backing file does not answer any more, so it has
# no device number. What is still mounted itself belongs to somebody else.
detach_leaked_loops() {
    local loop device mounted
    # Processes come and go while they are listed.
    mounted=$( (cat /proc/[0-9]*/mountinfo 2>/dev/null || true) | awk '{print $3}' | sort -u)
    while read -r loop device; do
        [[ -z $device ]] || continue
        grep -qxF "7:${loop#/dev/loop}" <<<"$mounted" || losetup -d "$loop" 2>/dev/null || true
    done < <(losetup -nO NAME,BACK-MAJ:MIN)
}
