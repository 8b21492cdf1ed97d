#!/bin/sh
# Makes a fresh clone ready: the npm dependencies (Node 24 among them), PostgreSQL, pgBackRest and bubblewrap.
# npm runs it before `npm run demo` and `npm test`. When nothing is missing it says nothing and is done at once.
# Ends with status 2, before anything is changed, when something is missing that it may not install.
set -eu
cd "$(dirname "$0")/.."

log=
drop_in=/etc/postgresql-common/createcluster.d/pgdrill.conf
trap 'end' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

end() {
    if [ -n "$log" ]; then
        rm -f "$log"
        as_root rm -f "$drop_in"
    fi
}

say() { echo "setup: $*"; }

is_here() { command -v "$1" >/dev/null 2>&1; }

server_is_here() {
    for program in /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres; do
        [ -x "$program" ] && return 0
    done
    is_here pg_config && [ -x "$(pg_config --bindir)/postgres" ]
}

dependencies_are_here() {
    # npm writes this file last of all, so that it is missing or old after an installation that was broken off.
    [ -f node_modules/.package-lock.json ] && [ ! package-lock.json -nt node_modules/.package-lock.json ]
}

find_missing() {
    packages=
    server_is_here || packages="$packages postgresql"
    is_here pgbackrest || packages="$packages pgbackrest"
    is_here bwrap || packages="$packages bubblewrap"
    is_here ssh || packages="$packages openssh-client"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

refuse() {
    echo "setup: these packages are needed, and $1:$packages" >&2
    echo "       Let an administrator run:" >&2
    echo "         apt-get update && apt-get install --no-install-recommends$packages" >&2
    echo "       On another system install PostgreSQL (the server), pgBackRest and bubblewrap by its own means." >&2
    echo "       Then run the same command again." >&2
    exit 2
}

require_permission() {
    is_here apt-get || refuse "this system has no apt-get to install them with"
    [ "$(id -u)" -eq 0 ] && return
    if ! is_here sudo || ! sudo -n true 2>/dev/null; then
        refuse "$(id -un) may not install them (neither root nor sudo without a password)"
    fi
}

install_dependencies() {
    say 'installing the npm dependencies'
    # npm_config_* of the npm that called us would make this one as silent as `npm run -s`, errors included.
    npm ci --no-audit --no-fund --no-progress --loglevel=error >/dev/null
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 UCF_FORCE_CONFFOLD=1 \
        apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 </dev/null
}

install_packages() {
    log=$(mktemp)
    # Debian makes and starts a cluster with each new PostgreSQL; this machine's owner has asked for none.
    as_root mkdir -p "$(dirname "$drop_in")"
    echo 'create_main_cluster = false' | as_root tee "$drop_in" >/dev/null
    say 'reading the package lists'
    apt update || say 'some package lists cannot be read; going on with those that can'
    say "installing$packages"
    # shellcheck disable=SC2086
    if ! apt install --no-install-recommends $packages; then
        tail -n 20 "$log" >&2
        refuse 'apt-get could not install them (see above)'
    fi
}

find_missing
[ -z "$packages" ] || require_permission
dependencies_are_here || install_dependencies
[ -z "$packages" ] || install_packages
