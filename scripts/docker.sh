#!/bin/sh
# Makes a container engine and the images of drills ready for the tests, on a machine that has neither.
#   sh scripts/docker.sh        installs and starts Docker where no engine answers, and builds pgdrill:15, :17 and :18
#   sh scripts/docker.sh stop   stops the engine, if this script has started it by hand
# Needs root, where something is to be installed or started. Ends with 0 only when all three images work.
set -eu
cd "$(dirname "$0")/.."

state=/run/pgdrill-test-engine
log=${TMPDIR:-/tmp}/pgdrill-test-engine.log
began=$(date +%s)

# Tells a step that is done, and the seconds since the last one.
say() {
    now=$(date +%s)
    echo "docker: $* ($((now - began)) s)"
    began=$now
}

fail() {
    echo "docker: $*" >&2
    exit 1
}

fail_with_log() {
    [ ! -f "$1" ] || tail -n 20 "$1" >&2
    fail "$2 (see above)"
}

is_here() { command -v "$1" >/dev/null 2>&1; }

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

apt() { apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 </dev/null; }

install_engine() {
    if is_here dockerd && is_here docker; then return; fi
    is_here apt-get || fail 'there is no container engine, and no apt-get to install one with'
    [ "$(id -u)" -eq 0 ] || fail 'there is no container engine that this user may speak to, and only root may install one'
    export DEBIAN_FRONTEND=noninteractive
    : >"$log"
    apt update || true
    apt install --no-install-recommends -y docker.io iptables || fail_with_log "$log" 'the engine could not be installed'
    # Since Debian 13 the client is a package of its own, which docker.io merely recommends.
    is_here docker || apt install --no-install-recommends -y docker-cli ||
        fail_with_log "$log" 'the client of the engine could not be installed'
    say 'installed the engine'
}

start_engine() {
    [ "$(id -u)" -eq 0 ] || fail 'no container engine answers, and only root may start one'
    rm -rf "$state"
    if [ -d /run/systemd/system ]; then
        systemctl start docker >"$log" 2>&1 || {
            journalctl --no-pager --unit docker --lines 20 >>"$log" 2>&1 || true
            fail_with_log "$log" 'the engine could not be started'
        }
    else
        mkdir -p "$state"
        setsid dockerd --pidfile "$state/dockerd.pid" >"$log" 2>&1 </dev/null &
        echo "$!" >"$state/pid"
    fi
    deadline=$(($(date +%s) + 300))
    until engine_answers; do
        [ "$(date +%s)" -lt "$deadline" ] || fail_with_log "$log" 'the engine did not answer within five minutes'
        sleep 0.2
        # Not is_running: on a slow machine the process is still the shell that is to become the engine.
        [ ! -f "$state/pid" ] || kill -0 "$(cat "$state/pid")" || fail_with_log "$log" 'the engine ended again at once'
    done
    say 'started the engine'
}

# Whether the engine that this script has started is running; its number may have gone to another process since.
is_running() { grep -qs "$state/dockerd.pid" "/proc/$(cat "$state/pid")/cmdline"; }

stop_engine() {
    [ -f "$state/pid" ] || return 0
    deadline=$(($(date +%s) + 120))
    ! is_running || kill "$(cat "$state/pid")"
    while is_running; do
        [ "$(date +%s)" -lt "$deadline" ] || fail_with_log "$log" 'the engine does not stop'
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
        if ! docker image inspect "debian:$suite-slim" >/dev/null 2>&1; then
            sh scripts/base-image.sh "$suite"
            say "got debian:$suite-slim"
        fi
        docker build --quiet --network host --tag "pgdrill:$major" --label "org.pgdrill.recipe=$(recipe)" \
            --build-arg "SUITE=$suite" --build-arg "POSTGRES_MAJOR=$major" docker >"$log.$major" 2>&1 ||
            fail_with_log "$log.$major" "pgdrill:$major could not be built"
        rm -f "$log.$major"
        say "built pgdrill:$major on Debian $suite"
    fi
    docker run --rm --network none "pgdrill:$major" pgbackrest version >/dev/null || fail "pgdrill:$major does not work"
}

if [ "${1:-}" = stop ]; then
    stop_engine
    exit
fi
engine_answers || {
    [ -z "${DOCKER_HOST:-}" ] || fail "no container engine answers at DOCKER_HOST=$DOCKER_HOST"
    install_engine
    # Its packages start it on some machines.
    engine_answers || start_engine
}
build_image 15 bookworm
build_image 17 trixie
build_image 18 forky
