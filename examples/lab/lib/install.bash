# Copyright The MetalHA Authors
# SPDX-License-Identifier: Apache-2.0
#
# MetalHA itself: the package into the machines, its objects and credentials into the cluster, the operator into a container.
# shellcheck shell=bash

install_metalha() { die "not written yet"; }
deploy() { die "not written yet"; }
operator_start() { die "not written yet"; }
operator_stop() { die "not written yet"; }
