#!/bin/sh
# Installs Chromium, in which the tests look at reports as people do. Where it may not be installed, `npm test` leaves those
# tests out and says so; CI never does.
set -eu

command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" -eq 0 ]; then as_root=; else as_root='sudo -n'; fi
if ! command -v apt-get >/dev/null 2>&1 || ! $as_root true 2>/dev/null; then
    echo 'browser: Chromium is not installed, and may not be installed here' >&2
    exit "${1:-0}"
fi
echo 'browser: installing Chromium for the tests'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 </dev/null
}
install update || true
if ! install install --no-install-recommends chromium fonts-dejavu-core; then
    tail -n 20 "$log" >&2
    exit "${1:-0}"
fi
