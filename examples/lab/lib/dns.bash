# Copyright The MetalHA Authors
# SPDX-License-Identifier: Apache-2.0
#
# The name server on the witness: BIND with a forward and a reverse zone that take dynamic updates signed with one TSIG key.
# shellcheck shell=bash

tsig_secret() {
    [[ -s $state/tsig.secret ]] || (umask 077 && mkdir -p "$state" && openssl rand -base64 32 >"$state/tsig.secret")
    cat "$state/tsig.secret"
}

# Writes the witness's files as a tar stream.
dns_files() {
    local dir
    dir=$(mktemp -d)
    mkdir -p "$dir/etc/bind" "$dir/var/lib/bind"
    cat >"$dir/etc/bind/named.conf.options" <<CONF
options {
    directory "/var/cache/bind";
    recursion no;
    dnssec-validation no;
    listen-on { any; };
    listen-on-v6 { any; };
    allow-query { any; };
};
CONF
    cat >"$dir/etc/bind/named.conf.local" <<CONF
key "$TSIG_KEY_NAME" { algorithm $TSIG_ALGORITHM; secret "$(tsig_secret)"; };
$(zone "$DNS_ZONE")
$(zone "$DNS_REVERSE_ZONE")
CONF
    {
        zone_head
        for node in "${nodes[@]}" client; do
            printf '%s A %s\n%s AAAA %s\n' "$node" "$(address "$node" PUBLIC)" "$node" "$(address "$node" PUBLIC6)"
        done
        printf 'api A %s\n' "$API_PUBLIC"
    } >"$dir/var/lib/bind/$DNS_ZONE.zone"
    {
        zone_head
        for node in "${nodes[@]}" client; do
            printf '%s PTR %s.%s.\n' "$(address "$node" PUBLIC | cut -d. -f4)" "$node" "$DNS_ZONE"
        done
    } >"$dir/var/lib/bind/$DNS_REVERSE_ZONE.zone"
    chmod -R a+rX "$dir"
    tar -C "$dir" --owner=0 --group=0 --mode='u+rwX,go+rX' -c etc/bind/named.conf.options etc/bind/named.conf.local \
        "var/lib/bind/$DNS_ZONE.zone" "var/lib/bind/$DNS_REVERSE_ZONE.zone"
    rm -rf "$dir"
}

zone() { # name
    cat <<CONF
zone "$1" {
    type master;
    file "/var/lib/bind/$1.zone";
    update-policy { grant $TSIG_KEY_NAME zonesub ANY; };
};
CONF
}

# Short times: a client must see a name's move at once.
zone_head() {
    cat <<ZONE
\$TTL 5
@ SOA $WITNESS.$DNS_ZONE. hostmaster.$DNS_ZONE. (1 3600 600 86400 5)
@ NS $WITNESS.$DNS_ZONE.
ZONE
}
