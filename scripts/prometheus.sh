#!/bin/sh
# Gets promtool and Prometheus for the tests of monitoring/, out of Debian's package: nothing is installed, and no server is started.
# Where they cannot be had, `npm test` leaves those tests out and says so; CI never does.
set -eu

place=${XDG_CACHE_HOME:-$HOME/.cache}/pgdrill-tests/prometheus
[ -x "$place/promtool" ] && [ -x "$place/prometheus" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-deb >/dev/null 2>&1; then
    echo 'prometheus: promtool is not here, and this system has no apt-get to get it with' >&2
    exit "${1:-0}"
fi
echo 'prometheus: getting promtool for the tests'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
download() { (cd "$work" && apt-get -qq -o APT::Sandbox::User= download prometheus >>"$work/log" 2>&1 </dev/null); }
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }
# Lists that are missing or old name no file that is there.
download || { as_root apt-get -qq update >>"$work/log" 2>&1 </dev/null || true; }
if ! { [ -n "$(find "$work" -name '*.deb')" ] || download; }; then
    tail -n 20 "$work/log" >&2
    exit "${1:-0}"
fi
dpkg-deb --fsys-tarfile "$work"/*.deb | tar -x -C "$work" ./usr/bin/promtool ./usr/bin/prometheus
mkdir -p "$place"
# The second is looked for as well, so that one alone is never taken for both.
mv "$work/usr/bin/promtool" "$work/usr/bin/prometheus" "$place/"
