#!/bin/sh
# openstack.sh create NAME
# openstack.sh destroy NAME
#
# Makes a server in an OpenStack cloud for one run of a drill, and removes it: provision.create and provision.destroy
# of a plan. Needs the openstack client with credentials (OS_CLOUD, or an openrc), and the name of a key pair, whose
# private half ssh finds here. `drill sweep` needs the same credentials. The flavor needs a disk of its own, and a
# security group must let SSH in.
set -eu
umask 077

flavor=${PGDRILL_SERVER_TYPE:-m1.large}
image=${PGDRILL_SERVER_IMAGE:-debian-13}
ssh_key=${PGDRILL_SERVER_SSH_KEY:-pgdrill}
# The image's user; of Debian's: debian.
user=${PGDRILL_SERVER_USER:-debian}
# The server's network; may be empty where the project has but one.
network=${PGDRILL_SERVER_NETWORK:-}
# Where that network cannot be reached from here: the external network that gives the server a floating IP.
floating_network=${PGDRILL_SERVER_FLOATING_NETWORK:-}
# May be empty: the project's default.
security_group=${PGDRILL_SERVER_SECURITY_GROUP:-}

scratch=
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

stop() {
    echo "openstack.sh: $*" >&2
    exit 1
}

# ID, name, status and addresses of each server of that name. Fails when the cloud cannot be asked.
servers() {
    openstack server list --name "^$name\$" --no-name-lookup -f value -c ID -c Name -c Status -c Networks
}

# The ID of each floating IP that was made for that server.
floating_ips() {
    all=$(openstack floating ip list --long -f value -c ID -c Description) || return
    printf '%s\n' "$all" | awk -v name="pgdrill=$name" '$2 == name { print $1 }'
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
    # Nothing but the JSON goes to standard output; with --wait some versions print more there than they are asked for.
    openstack server create --property "pgdrill=$name" --flavor "$flavor" --image "$image" --key-name "$ssh_key" \
        ${network:+--network "$network"} ${security_group:+--security-group "$security_group"} \
        --user-data "$scratch/user-data" --wait -f value -c id "$name" >&2
    # Its exit status says little: openstackclient 6.0 ends with 0 when the server went into ERROR.
    found=$(servers)
    id=${found%% *}
    case $found in "$id $name ACTIVE "*) ;; *) stop "the server $name did not come up: $found" ;; esac
    if [ -n "$floating_network" ]; then
        host=$(openstack floating ip create --description "pgdrill=$name" \
            -f value -c floating_ip_address "$floating_network")
        openstack server add floating ip "$id" "$host" >&2
    else
        # Of {'net': ['2001:db8::1', '192.0.2.1']}, or net=2001:db8::1, 192.0.2.1, what is an IPv4 address.
        host=$(printf '%s\n' "$found" | tr -c '[:alnum:].:_-' '\n' |
            awk '/^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$/ { print; exit }')
    fi
    case $host in '' | *[!0-9.]*) stop "the server $name has no IPv4 address" ;; esac
    printf '{"id":"%s","host":"%s","user":"%s","hostKey":"%s"}\n' "$id" "$host" "$user" "$host_key"
}

destroy() {
    # The request of a create that was ended half-way may still be under way.
    [ -n "${PGDRILL_ID:-}" ] || sleep 10
    found=$(servers) || stop "the cloud cannot be asked for $name"
    addresses=$(floating_ips) || stop "the cloud cannot be asked for the floating IP of $name"
    ids=$(printf '%s\n' "$found" | awk '{ print $1 }')
    # Somebody else may remove them meanwhile, and the exit status says little; so what is left is looked for.
    if [ -n "$ids" ]; then
        # shellcheck disable=SC2086
        openstack server delete --wait $ids >&2 || true
        left=$(servers) || stop "the cloud cannot be asked for $name"
        [ -z "$left" ] || stop "$name is still there: $left"
    fi
    if [ -n "$addresses" ]; then
        # shellcheck disable=SC2086
        openstack floating ip delete $addresses >&2 || true
        left=$(floating_ips) || stop "the cloud cannot be asked for the floating IP of $name"
        [ -z "$left" ] || stop "the floating IP of $name is still there: $left"
    fi
}

name=${2:-}
case $name in
*[!a-z0-9-]*) stop "a name is of small letters, digits and -" ;;
pgdrill-?*) ;;
*) stop "usage: openstack.sh create|destroy pgdrill-SOMETHING" ;;
esac
case $1 in
create) create ;;
destroy) destroy ;;
*) stop "neither create nor destroy: $1" ;;
esac
