#!/bin/sh
# Makes the image debian:SUITE-slim where it is neither on the engine nor to be pulled, out of Debian's packages alone.
# Usage: sh scripts/base-image.sh SUITE. Needs root and debootstrap.
set -eu
suite=$1
image=debian:$suite-slim

docker image inspect "$image" >/dev/null 2>&1 && exit 0
timeout 60 docker pull -q "$image" >/dev/null 2>&1 && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# debootstrap knows a suite by a script of its name; that of a suite younger than it is the one for unstable.
scripts=/usr/share/debootstrap/scripts
script=$scripts/$suite
[ -e "$script" ] || script=$scripts/sid
debootstrap --variant=minbase "$suite" "$work/root" "" "$script" >"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    echo "base image: debootstrap could not make $suite (see above)" >&2
    exit 1
}
rm -rf "$work/root/var/cache/apt/archives" "$work/root/var/lib/apt/lists"
mkdir -p "$work/root/var/cache/apt/archives/partial" "$work/root/var/lib/apt/lists/partial"
tar -C "$work/root" -c . | docker import --change 'CMD ["bash"]' - "$image" >/dev/null
