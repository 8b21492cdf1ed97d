#!/bin/sh
# digitalocean.sh create NAME
# digitalocean.sh destroy NAME
#
# Makes a Droplet at DigitalOcean for one run of a drill, and removes it: provision.create and provision.destroy of a
# plan. Needs doctl with a token that may write (DIGITALOCEAN_ACCESS_TOKEN, or a context), and the name, ID or
# fingerprint of an SSH key that is registered in the account, whose private half ssh finds here. `drill sweep` needs
# the same token.
set -eu
umask 077

size=${PGDRILL_SERVER_TYPE:-s-4vcpu-8gb}
image=${PGDRILL_SERVER_IMAGE:-debian-13-x64}
region=${PGDRILL_SERVER_REGION:-fra1}
ssh_key=${PGDRILL_SERVER_SSH_KEY:-pgdrill}

scratch=
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

stop() {
    echo "digitalocean.sh: $*" >&2
    exit 1
}

# ID and address of each Droplet of that name. Fails when DigitalOcean cannot be asked.
servers() {
    all=$(doctl compute droplet list --format ID,Name,PublicIPv4 --no-header) || return
    printf '%s\n' "$all" | awk -v name="$name" '$2 == name { print $1, $3 }'
}

# doctl takes keys by ID or fingerprint; people know them by name.
ssh_key_id() {
    all=$(doctl compute ssh-key list --format ID,FingerPrint,Name --no-header) || return
    printf '%s\n' "$all" | wanted=$ssh_key awk '
        {
            id = $1
            fingerprint = $2
            sub(/^[^ ]+ +[^ ]+ +/, "")
            sub(/ +$/, "")
        }
        ENVIRON["wanted"] == id || ENVIRON["wanted"] == fingerprint || ENVIRON["wanted"] == $0 { print id }
    '
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
    key=$(ssh_key_id)
    # Without a key DigitalOcean would set a password, and mail it.
    [ -n "$key" ] || stop "the account has no SSH key $ssh_key; set PGDRILL_SERVER_SSH_KEY"
    make_host_key
    # The Droplet is found again by its name: a tag of its own would stay behind in the account.
    # Nothing but the JSON goes to standard output.
    doctl compute droplet create "$name" --tag-name pgdrill --size "$size" --image "$image" --region "$region" \
        --ssh-keys "${key%%[!0-9]*}" --user-data-file "$scratch/user-data" --droplet-agent=false --wait >&2
    found=$(servers)
    # shellcheck disable=SC2086
    set -- $found
    id=${1:-} host=${2:-}
    case $host in '' | *[!0-9.]*) stop "the Droplet $name has no public IPv4 address" ;; esac
    printf '{"id":"%s","host":"%s","user":"root","hostKey":"%s"}\n' "$id" "$host" "$host_key"
}

destroy() {
    # The request of a create that was ended half-way may still be under way.
    [ -n "${PGDRILL_ID:-}" ] || sleep 10
    found=$(servers) || stop "DigitalOcean cannot be asked for $name"
    ids=$(printf '%s\n' "$found" | awk '{ print $1 }')
    [ -n "$ids" ] || return 0
    # shellcheck disable=SC2086
    doctl compute droplet delete --force $ids >&2 && return 0
    # Somebody else may have removed it meanwhile.
    found=$(servers) || stop "DigitalOcean cannot be asked for $name"
    [ -z "$found" ] || stop "$name is still there: $found"
}

name=${2:-}
case $name in
*[!a-z0-9-]*) stop "a name is of small letters, digits and -" ;;
pgdrill-?*) ;;
*) stop "usage: digitalocean.sh create|destroy pgdrill-SOMETHING" ;;
esac
case $1 in
create) create ;;
destroy) destroy ;;
*) stop "neither create nor destroy: $1" ;;
esac
