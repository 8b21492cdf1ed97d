#!/bin/sh
# Makes the image debian:SUITE-slim where it is neither on the engine nor to be pulled, out of Debian's packages alone.
# Usage: sh scripts/base-image.sh SUITE. Needs root and debootstrap, which root installs by apt-get where it is missing.
set -eu
: "${1:?usage: sh scripts/base-image.sh SUITE}"
suite=$1
image=debian:$suite-slim

fail() {
    echo "base image: $*" >&2
    exit 1
}

docker image inspect "$image" >/dev/null 2>&1 && exit 0
timeout 60 docker pull -q "$image" >/dev/null 2>&1 && exit 0
[ "$(id -u)" -eq 0 ] || fail "$image is not to be had, and only root can make it"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Runs a command quietly; when it fails, its last words are shown.
must() {
    what=$1
    shift
    "$@" >"$work/log" 2>&1 </dev/null || {
        tail -n 20 "$work/log" >&2
        fail "$what (see above)"
    }
}

if ! command -v debootstrap >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    must 'the package lists cannot be read' apt-get -qq update
    must 'debootstrap cannot be installed' apt-get -qq install --no-install-recommends -y debootstrap
fi

# debootstrap knows a suite by a script of its name; that of a suite younger than it is the one for unstable.
scripts=/usr/share/debootstrap/scripts
script=$scripts/$suite
[ -e "$script" ] || script=$scripts/sid
root=$work/root
must "debootstrap could not make $suite" debootstrap --variant=minbase "$suite" "$root" "" "$script"

# Debian's own image names these too; without them it would keep the PostgreSQL of the last point release.
if [ "$suite" != sid ]; then
    mirror=$(cut -d' ' -f2 "$root/etc/apt/sources.list" | head -n 1)
    mirror=${mirror%/}
    cat >>"$root/etc/apt/sources.list" <<SOURCES
deb $mirror $suite-updates main
deb $mirror-security $suite-security main
SOURCES
fi

# What makes Debian's own image slim, now and for all that is installed later. Copyright notices stay.
slim=$root/etc/dpkg/dpkg.cfg.d/slim
for kind in doc info lintian locale man; do
    [ ! -d "$root/usr/share/$kind" ] || find "$root/usr/share/$kind" ! -type d ! -path '*/doc/*/copyright' -delete
    echo "path-exclude /usr/share/$kind/*"
done >"$slim"
echo 'path-include /usr/share/doc/*/copyright' >>"$slim"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*.log
mkdir -p "$root/var/cache/apt/archives/partial" "$root/var/lib/apt/lists/partial"
# Those of the machine that made it.
rm -f "$root/etc/hostname" "$root/etc/resolv.conf"

tar -C "$root" -cf "$work/image.tar" .
must "$image could not be imported" docker import --change 'CMD ["bash"]' "$work/image.tar" "$image"
