# Copyright The MetalHA Authors
# SPDX-License-Identifier: Apache-2.0
#
# The Kubernetes API: $KUBECONFIG's cluster where the user set it, else etcd and kube-apiserver in one container of the lab.
# shellcheck shell=bash

readonly pki=$state/control-plane/pki
readonly own_kubeconfig=$state/kubeconfig
if [[ -n ${KUBECONFIG:-} && $KUBECONFIG != "$own_kubeconfig" ]]; then
    readonly foreign_api=yes kubeconfig=$KUBECONFIG
    # shellcheck disable=SC2034 # read by install.bash
    NAMESPACE=${METALHA_LAB_NAMESPACE:-metalha-lab}
else
    readonly foreign_api='' kubeconfig=$own_kubeconfig
fi

kube() {
    local binary=kubectl
    [[ ! -x $control_plane_bin/kubectl ]] || binary=$control_plane_bin/kubectl
    "$binary" --kubeconfig "$kubeconfig" "$@"
}

api_ready() { kube get --raw /readyz --request-timeout=2s; }
api_url() { kube config view --minify -o 'jsonpath={.clusters[0].cluster.server}'; }

control_plane_up() {
    if [[ -n $foreign_api ]]; then
        api_ready >/dev/null || die "the cluster of KUBECONFIG=$KUBECONFIG does not answer; unset it to let the lab run its own API server"
        in_node "$WITNESS" curl -sk -m 5 -o /dev/null "$(api_url)/readyz" || die "the servers cannot reach $(api_url): the lab's \
networks lead nowhere else; unset KUBECONFIG to let the lab run its own API server"
        say "using the cluster of KUBECONFIG, namespace $NAMESPACE"
        return
    fi
    [[ -x $control_plane_bin/kube-apiserver ]] || die "the control plane is not built: run examples/lab/setup"
    make_pki
    write_own_kubeconfig
    if ! exists api; then
        docker create --name "$(container api)" --hostname api --init --network "$PUBLIC_NETWORK" --ip "$API_PUBLIC" \
            -v "$control_plane_bin:/opt/control-plane:ro" -v "$state/control-plane/etcd:/data" -v "$pki:/pki:ro" \
            -v "$lab_dir/lib/api-server:/api-server:ro" "$image:latest" /api-server "$API_PUBLIC" "$API_PORT" >/dev/null
    fi
    docker start "$(container api)" >/dev/null
    await 60 "the API server's readiness" api_ready
    say "the API server answers at https://$API_PUBLIC:$API_PORT (KUBECONFIG=$kubeconfig)"
}

api_stop() {
    [[ -z $foreign_api ]] || die "this API server is not the lab's own"
    ! running api || docker stop -t 5 "$(container api)" >/dev/null
    say "the API server is stopped"
}

# Keys and certificates, made once per lab.
make_pki() {
    [[ ! -e $pki/complete ]] || return 0
    mkdir -p "$pki" "$state/control-plane/etcd"
    (
        umask 077
        cd "$pki"
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=metalha-lab-ca \
            -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.crt
        certificate server /CN=kube-apiserver serverAuth "IP:$API_PUBLIC,IP:127.0.0.1,IP:10.96.0.1,DNS:api,DNS:api.$DNS_ZONE,\
DNS:kubernetes,DNS:kubernetes.default.svc"
        certificate admin /O=system:masters/CN=lab-admin clientAuth DNS:admin
        openssl genrsa -out sa.key 2048
        openssl rsa -in sa.key -pubout -out sa.pub
        touch complete
    ) >/dev/null 2>"$state/pki.log" || die "certificates could not be made, see $state/pki.log"
}

certificate() { # name subject usage names
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" -keyout "$1.key" -out "$1.csr"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out "$1.crt" \
        -extfile <(printf 'extendedKeyUsage=%s\nsubjectAltName=%s\n' "$3" "$4")
}

write_own_kubeconfig() {
    local partial=$own_kubeconfig.new
    (
        umask 077
        own() { "$control_plane_bin/kubectl" --kubeconfig "$partial" config "$@" >/dev/null; }
        rm -f "$partial"
        own set-cluster lab --server "https://$API_PUBLIC:$API_PORT" --certificate-authority "$pki/ca.crt" --embed-certs
        own set-credentials admin --client-certificate "$pki/admin.crt" --client-key "$pki/admin.key" --embed-certs
        own set-context lab --cluster lab --user admin --namespace "$NAMESPACE"
        own use-context lab
        mv "$partial" "$own_kubeconfig"
    )
}
