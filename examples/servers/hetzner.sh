#!/bin/sh
# hetzner.sh create NAME
# hetzner.sh destroy NAME
#
# Makes a server at Hetzner Cloud for one run of a drill, and removes it: provision.create and provision.destroy of a
# plan. Needs hcloud with a token that may write (HCLOUD_TOKEN, or a context), and the name of an SSH key that is
# registered in the project, whose private half ssh finds here. `drill sweep` needs the same token.
set -eu
umask 077

type=${PGDRILL_SERVER_TYPE:-cx33}
image=${PGDRILL_SERVER_IMAGE:-debian-13}
location=${PGDRILL_SERVER_REGION:-nbg1}
ssh_key=${PGDRILL_SERVER_SSH_KEY:-pgdrill}

scratch=
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

stop() {
    echo "hetzner.sh: $*" >&2
    exit 1
}

# ID and address of each server of that name. Fails when Hetzner cannot be asked.
servers() {
    hcloud server list --selector "pgdrill=$name" -o noheader -o columns=id,ipv4
}

# The server's host key is made here and handed over by cloud-init, so that the drill knows it before it first connects.
# The private half is good for nothing once the server is gone; here it is gone when this script ends.
make_host_key() {
    scratch=$(mktemp -d)
    ssh-keygen -q -t ed25519 -N '' -C '' -f "$scratch/key"
    host_key=$(cut -d ' ' -f 1,2 "$scratch/key.pub")
    {
        printf '%s\n' '#cloud-config' 'ssh_deletekeys: true' 'ssh_keys:' '  ed25519_private: |'
        sed 's/^/    /' "$scratch/key"
        printf '  ed25519_public: %s\n' "$host_key"
    } >"$scratch/user-data"
}

create() {
    make_host_key
    # Nothing but the JSON goes to standard output.
    hcloud server create --name "$name" --label "pgdrill=$name" --type "$type" --image "$image" \
        --location "$location" --ssh-key "$ssh_key" --user-data-from-file "$scratch/user-data" >&2
    found=$(servers)
    # shellcheck disable=SC2086
    set -- $found
    id=${1:-} host=${2:-}
    case $host in '' | *[!0-9.]*) stop "the server $name has no IPv4 address" ;; esac
    printf '{"id":"%s","host":"%s","user":"root","hostKey":"%s"}\n' "$id" "$host" "$host_key"
}

destroy() {
    # The request of a create that was ended half-way may still be under way.
    [ -n "${PGDRILL_ID:-}" ] || sleep 10
    found=$(servers) || stop "Hetzner cannot be asked for $name"
    ids=$(printf '%s\n' "$found" | awk '{ print $1 }')
    [ -n "$ids" ] || return 0
    # shellcheck disable=SC2086
    hcloud server delete $ids >&2 && return 0
    # Somebody else may have removed it meanwhile.
    found=$(servers) || stop "Hetzner cannot be asked for $name"
    [ -z "$found" ] || stop "$name is still there: $found"
}

name=${2:-}
case $name in
*[!a-z0-9-]*) stop "a name is of small letters, digits and -" ;;
pgdrill-?*) ;;
*) stop "usage: hetzner.sh create|destroy pgdrill-SOMETHING" ;;
esac
case $1 in
create) create ;;
destroy) destroy ;;
*) stop "neither create nor destroy: $1" ;;
esac
