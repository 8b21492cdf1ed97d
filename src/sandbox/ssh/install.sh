# Installs what a drill needs on a server and does not find there. Arguments: the major version of PostgreSQL,
# and never where nothing may be installed. Prints
# each package that was installed, with its version. Does nothing where nothing is missing. For Debian and Ubuntu; where
# the suite has not got the major version, from postgresql.org.
set -eu
major=$1

fail() {
    echo "$*" >&2
    exit 3
}

has_postgres() {
    for directory in "/usr/lib/postgresql/$major/bin" "/usr/pgsql-$major/bin" /usr/local/pgsql/bin /usr/local/bin /usr/bin; do
        case $("$directory/postgres" --version 2>/dev/null) in
            "postgres (PostgreSQL) $major."* | "postgres (PostgreSQL) $major"[a-z]*) return 0 ;;
        esac
    done
    return 1
}

missing=
has_postgres || missing="postgresql-$major"
for pair in pgbackrest:pgbackrest setpriv:util-linux; do
    command -v "${pair%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
if [ "$2" = never ]; then
    [ -z "$missing" ] || fail "$missing: not there, and the plan says install: never"
    exit 0
fi
# Without it the copy is not fenced off.
command -v bwrap >/dev/null 2>&1 || missing="$missing bubblewrap"
[ -n "$missing" ] || exit 0
[ "$(id -u)" -eq 0 ] || fail "only root may install $missing, and sudo asks for a password"
command -v apt-get >/dev/null 2>&1 || fail "this is neither Debian nor Ubuntu; install $missing by hand"

# A production with another locale than C.UTF-8 would let nobody in.
[ "$(locale -a 2>/dev/null | wc -l)" -gt 10 ] || missing="$missing locales-all"
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"

export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A server that has just come up may be busy with updates of its own.
apt() { apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" >"$log" 2>&1 </dev/null; }
must() {
    what=$1
    shift
    "$@" || {
        tail -n 8 "$log" >&2
        fail "$what"
    }
}

must 'the package lists cannot be read' apt update
case $missing in
    *postgresql-*)
        # Nobody has asked for the cluster that the packages would make.
        if [ ! -e /etc/postgresql-common ]; then
            mkdir -p /etc/postgresql-common/createcluster.d
            echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/pgdrill.conf
        fi
        if ! apt-cache show "postgresql-$major" >/dev/null 2>&1; then
            must 'postgresql-common cannot be installed' apt install --no-install-recommends -y postgresql-common ca-certificates
            { /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y >"$log" 2>&1 </dev/null &&
                apt -o APT::Update::Error-Mode=any update; } || {
                rm -f /etc/apt/sources.list.d/pgdg.sources /etc/apt/sources.list.d/pgdg.list
                must "this suite has no PostgreSQL $major, and postgresql.org cannot be reached" false
            }
        fi
        ;;
esac
# shellcheck disable=SC2086
must "$missing cannot be installed" apt install --no-install-recommends -y $missing
has_postgres || fail "PostgreSQL $major is not there after its installation"
# shellcheck disable=SC2086
dpkg-query -W -f '${Package} ${Version}\n' $missing
