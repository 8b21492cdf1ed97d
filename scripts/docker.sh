#!/bin/sh
# Makes a container engine and the images of drills ready for the tests, on a machine that has neither.
#   sh scripts/docker.sh        installs and starts Docker where no engine answers, and builds pgdrill:15, :17 and :18
#   sh scripts/docker.sh stop   stops the engine, if this script has started it by hand
# Needs root, where something is to be installed or started. Ends with 0 only when all three images work.
set -eu
cd "$(dirname "$0")/.."

state=/run/pgdrill-test-engine
log=${TMPDIR:-/tmp}/pgdrill-test-engine.log

say() { echo "docker: $*"; }

fail() {
    echo "docker: $*" >&2
    exit 1
}

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

install_engine() {
    packages=
    command -v dockerd >/dev/null 2>&1 || packages="docker.io iptables"
    command -v debootstrap >/dev/null 2>&1 || packages="$packages debootstrap"
    [ -n "$packages" ] || return 0
    [ "$(id -u)" -eq 0 ] || fail "only root may install$packages"
    say "installing $packages"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    { apt-get -qq update && apt-get -qq install --no-install-recommends -y $packages; } >"$log" 2>&1 </dev/null || {
        tail -n 20 "$log" >&2
        fail 'apt-get could not install them (see above)'
    }
}

start_engine() {
    say 'starting the engine'
    if [ -d /run/systemd/system ]; then
        systemctl start docker
    else
        mkdir -p "$state"
        setsid dockerd --pidfile "$state/dockerd.pid" >"$log" 2>&1 </dev/null &
    fi
    waited=0
    until engine_answers; do
        waited=$((waited + 1))
        if [ "$waited" -gt 300 ]; then
            tail -n 20 "$log" >&2
            fail 'the engine did not answer within a minute (its last words are above)'
        fi
        sleep 0.2
    done
}

stop_engine() {
    [ -f "$state/dockerd.pid" ] || return 0
    pid=$(cat "$state/dockerd.pid")
    kill "$pid" 2>/dev/null || true
    waited=0
    while kill -0 "$pid" 2>/dev/null && [ "$waited" -lt 100 ]; do
        waited=$((waited + 1))
        sleep 0.2
    done
    rm -rf "$state"
}

# An image that was made of the files as they are now need not be made again.
recipe() { cat docker/Dockerfile docker/health.sh | sha256sum | cut -d' ' -f1; }

build_image() {
    major=$1 suite=$2
    built=$(docker image inspect --format '{{index .Config.Labels "org.pgdrill.recipe"}}' "pgdrill:$major" 2>/dev/null || true)
    if [ "$built" != "$(recipe)" ]; then
        say "building pgdrill:$major on Debian $suite"
        sh scripts/base-image.sh "$suite"
        docker build --quiet --network host --tag "pgdrill:$major" --label "org.pgdrill.recipe=$(recipe)" \
            --build-arg "SUITE=$suite" --build-arg "POSTGRES_MAJOR=$major" docker >"$log.$major" 2>&1 || {
            tail -n 30 "$log.$major" >&2
            fail "pgdrill:$major could not be built (see above)"
        }
    fi
    docker run --rm --network none "pgdrill:$major" pgbackrest version >/dev/null || fail "pgdrill:$major does not work"
}

if [ "${1:-}" = stop ]; then
    stop_engine
    exit
fi
engine_answers || {
    install_engine
    start_engine
}
install_engine
build_image 15 bookworm
build_image 17 trixie
build_image 18 forky
