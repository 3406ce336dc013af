#!/bin/sh
# Installs missing Debian packages: those that the build needs and those named as arguments. Uses sudo unless run as
# root.
set -eu
missing=""
for package in libgit2-dev libyaml-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libopenblas-dev libmimalloc-dev pkg-config git "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ]; then run=""; else run="sudo"; fi
$run apt-get update -qq
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $missing
