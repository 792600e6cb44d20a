# Copyright The MetalHA Authors
# SPDX-License-Identifier: Apache-2.0
#
# MetalHA itself: the package into the machines, its objects and credentials into the cluster, the operator into a container.
# shellcheck shell=bash

readonly package=$cache/opt-metalha
readonly chart=$root_dir/helm/metalha
readonly operator_app=$root_dir/operator/target/quarkus-app
# Longer than any lab lives; a real installation rotates tokens.
readonly token_lifetime=8760h

build_metalha() {
    say "building MetalHA without its tests (a minute or two)"
    (cd "$root_dir" && JAVA_HOME=$(jdk) mvn -B -q -ntp -pl crds,node-agent,operator -Dmaven.test.skip=true -Dspotless.check.skip=true package)
}

jdk() { find_jdk || die "a JDK 25 is missing: set JAVA_HOME to one"; }

install_metalha() {
    api_ready >/dev/null || die "the API server does not answer: run lab up"
    install_objects
    [[ ! -e $operator_app/quarkus-run.jar ]] || operator_start
    local node
    for node in "${nodes[@]}"; do credentials "$node"; done
    deploy
    [[ -e $operator_app/quarkus-run.jar ]] || die "there is no operator (operator/target/quarkus-app): run lab build, then lab install again"
    say "installed: kubectl --kubeconfig $kubeconfig get metalclusters,clustergroups"
}

install_objects() {
    kube get namespace "$NAMESPACE" >/dev/null 2>&1 || kube create namespace "$NAMESPACE" >/dev/null
    kube apply --server-side --force-conflicts -f "$chart/crds" >/dev/null
    kube wait --for=condition=Established --timeout=30s -f "$chart/crds" >/dev/null
    if [[ -e $chart/Chart.yaml ]]; then
        # Templates only: there is no kubelet here that would run the operator's Deployment.
        "$control_plane_bin/helm" template metalha "$chart" --namespace "$NAMESPACE" --set operator.deploy=false \
            --set "agents={$(IFS=, && echo "${nodes[*]}")}" --set "agentSecrets={$CLUSTER_KEY_SECRET,$TSIG_SECRET}" |
            kube apply --server-side --force-conflicts --namespace "$NAMESPACE" -f - >/dev/null
    fi
    kube get role metalha-operator metalha-agent --namespace "$NAMESPACE" >/dev/null 2>&1 ||
        kube apply --namespace "$NAMESPACE" -f "$lab_dir/roles.yaml" >/dev/null
    secret "$CLUSTER_KEY_SECRET" --from-file=key=<(openssl rand 32)
    secret "$TSIG_SECRET" --from-literal=name="$TSIG_KEY_NAME" --from-literal=algorithm="$TSIG_ALGORITHM" \
        --from-literal=secret="$(tsig_secret)"
    say "namespace $NAMESPACE: CRDs, chart and secrets are there"
}

secret() { # name kubectl-options...; one that is there stays
    kube get secret "$1" --namespace "$NAMESPACE" >/dev/null 2>&1 ||
        kube create secret generic "$1" --namespace "$NAMESPACE" "${@:2}" >/dev/null
}

# The service account of a machine's agent, and the kubeconfig and node.conf that its package would be installed with.
credentials() { # node
    local account=metalha-agent-$1 etc=$state/servers/$1/etc role=node
    [[ $1 != "$WITNESS" ]] || role=witness
    service_account "$account"
    bind "$account" metalha-agent
    mkdir -p "$etc"
    kubeconfig_of "$account" "$etc/kubeconfig"
    cat >"$etc/node.conf" <<CONF
node=$1
role=$role
cluster=$CLUSTER
namespace=$NAMESPACE
kubeconfig=/etc/metalha/kubeconfig
CONF
}

service_account() { # name
    kube get serviceaccount "$1" --namespace "$NAMESPACE" >/dev/null 2>&1 ||
        kube create serviceaccount "$1" --namespace "$NAMESPACE" >/dev/null
}

bind() { # account role
    kube get rolebinding "$1" --namespace "$NAMESPACE" >/dev/null 2>&1 ||
        kube create rolebinding "$1" --role="$2" --serviceaccount="$NAMESPACE:$1" --namespace "$NAMESPACE" >/dev/null
}

kubeconfig_of() { # account file
    local token ca
    token=$(kube create token "$1" --namespace "$NAMESPACE" --duration="$token_lifetime")
    ca=$(kube config view --minify --raw --flatten -o 'jsonpath={.clusters[0].cluster.certificate-authority-data}')
    (
        umask 077
        cat >"$2" <<YAML
apiVersion: v1
kind: Config
current-context: metalha
contexts:
- {name: metalha, context: {cluster: metalha, user: agent, namespace: $NAMESPACE}}
clusters:
- {name: metalha, cluster: {server: "$(api_url)", certificate-authority-data: $ca}}
users:
- {name: agent, user: {token: $token}}
YAML
    )
}

# Puts the newest build into machines (all of them where none is named) and restarts MetalHA's processes there.
deploy() { # node...
    local node
    (($#)) || set -- "${nodes[@]}"
    exec 8>"$cache/.deploy.lock"
    flock 8
    JAVA_HOME=$(jdk) "$root_dir/node-agent/src/main/package/assemble" "$package"
    for node; do
        require_node "$node"
        # Each machine has its own copy, as real ones do: shared pages of a shared copy would flatter the memory figures.
        rsync -a --delete --delay-updates "$package/" "$state/servers/$node/opt/"
        ! running "$node" || restart_units "$node"
    done
    say "deployed to $*"
}

# Runs this build's processes for a while on a machine of their own, where the agent records what it loads: with that AOT cache it starts on two
# thirds of the time and is a quarter smaller. Not the mirror: with no disk it loads a part of what it needs, and what a cache lacks costs
# more than no cache. What the machines have already is left as it is.
train() {
    local unit dir=$state/servers/train name
    name=$(container train)
    api_ready >/dev/null || die "the API server does not answer: run lab up"
    [[ -s $state/servers/$WITNESS/etc/kubeconfig ]] || die "there are no credentials yet: run lab install"
    JAVA_HOME=$(jdk) "$root_dir/node-agent/src/main/package/assemble" "$package"
    ! trained || { say "the AOT cache is this build's" && return; }
    rm -f "$package"/aot/*.aot
    docker rm -fv "$name" >/dev/null 2>&1 || true
    mkdir -p "$dir"/{etc,lab,aot}
    : >"$dir/lab/disks"
    cp "$state/servers/$WITNESS/etc/kubeconfig" "$dir/etc/kubeconfig"
    sed -e 's/^node=.*/node=train/' -e 's/^role=.*/role=node/' "$state/servers/$WITNESS/etc/node.conf" >"$dir/etc/node.conf"
    docker run -d --name "$name" --hostname train "${machine_options[@]}" --network "$PUBLIC_NETWORK" \
        -v "$package:/opt/metalha:ro" -v "$dir/etc:/etc/metalha" -v "$dir/lab:/etc/metalha-lab:ro" -v "$dir/aot:/aot" \
        -v "$state/resolv.conf:/etc/resolv.conf:ro" "$image:latest" >/dev/null
    await 60 "the boot of the training machine" booted train
    say "the agent records for half a minute"
    local options=''
    for unit in keeper mirror agent; do
        [[ $unit != agent ]] || options=-XX:AOTCacheOutput=/aot/agent.aot
        in_node train systemd-run -q --unit "train-$unit" -p SuccessExitStatus=143 -p RuntimeDirectory=metalha -p RuntimeDirectoryPreserve=yes \
            -p TimeoutStopSec=120 -E JAVA_AOT_OPTIONS=-Xmx256m -E METALHA_JAVA_OPTIONS="$options" "/opt/metalha/bin/metalha-$unit"
        sleep 5
    done
    sleep 20
    in_node train systemctl stop train-agent train-mirror train-keeper
    [[ -s $dir/aot/agent.aot ]] || { in_node train journalctl --no-pager -u train-agent | tail -n 20 >&2; die "the agent left no AOT cache"; }
    mv "$dir"/aot/*.aot "$package/aot/"
    docker rm -fv "$name" >/dev/null
    rm -rf "$dir"
    say "AOT cache: $(du -h "$package/aot/agent.aot" | cut -f1)"
    deploy
}

# `assemble` takes the caches of another build away.
trained() {
    [[ -s $package/aot/agent.aot ]]
}

restart_units() { # node
    local units=(metalha-keeper.service metalha-mirror.service metalha-agent.service)
    [[ $1 != "$WITNESS" ]] || units=(metalha-keeper.service metalha-agent.service)
    in_node "$1" systemctl daemon-reload
    in_node "$1" systemctl --quiet enable "${units[@]}"
    in_node "$1" systemctl restart "${units[@]}"
}

# The operator runs as its chart would run it: with a service account's token where a pod has one.
operator_start() {
    local dir=$state/operator account=metalha-operator java
    java=$(jdk)
    [[ -e $operator_app/quarkus-run.jar ]] || die "there is no operator (operator/target/quarkus-app): run lab build"
    mkdir -p "$dir/app" "$dir/account"
    rsync -a --delete "$operator_app/" "$dir/app/"
    service_account "$account"
    bind "$account" metalha-operator
    kube create token "$account" --namespace "$NAMESPACE" --duration="$token_lifetime" >"$dir/account/token"
    kube config view --minify --raw --flatten -o 'jsonpath={.clusters[0].cluster.certificate-authority-data}' |
        base64 -d >"$dir/account/ca.crt"
    printf '%s' "$NAMESPACE" >"$dir/account/namespace"
    ! exists operator || docker rm -f "$(container operator)" >/dev/null
    local url host_port
    url=$(api_url)
    host_port=${url#https://}
    # As its Deployment does, the lab begins an operator anew that ended because it was deaf to the API server.
    docker run -d --restart on-failure --name "$(container operator)" --hostname operator --init --network "$PUBLIC_NETWORK" --ip "$OPERATOR_PUBLIC" \
        -v "$java:/java:ro" -v "$dir/app:/app:ro" -v "$dir/account:/var/run/secrets/kubernetes.io/serviceaccount:ro" \
        -v "$state/resolv.conf:/etc/resolv.conf:ro" -e METALHA_NAMESPACES="$NAMESPACE" \
        -e KUBERNETES_SERVICE_HOST="${host_port%%:*}" -e KUBERNETES_SERVICE_PORT="$([[ $host_port == *:* ]] && echo "${host_port##*:}" || echo 443)" \
        "$image:latest" /java/bin/java -Xmx160m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar /app/quarkus-run.jar >/dev/null
    say "the operator runs"
}

operator_stop() {
    ! exists operator || docker rm -f "$(container operator)" >/dev/null
    say "the operator is stopped"
}
