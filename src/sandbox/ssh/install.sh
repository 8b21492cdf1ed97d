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
# Files that are removed at the end: in any case, and if the installation fails.
made=$log added=
# shellcheck disable=SC2086
trap 'rm -f $made $added' EXIT
trap 'exit 3' HUP INT TERM
apt() { apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" >"$log" 2>&1 </dev/null; }
# Whatever goes wrong, what matters most is said first: the report has no room for all that apt says.
must() {
    what=$1
    shift
    "$@" || {
        words=$(tail -n 3 "$log")
        fail "$what${words:+: $words}"
    }
}
# A server that has just come up may be busy with updates of its own, and apt 3.0 does not wait for the lists' lock.
update() {
    rounds=0
    until apt update; do
        grep -q 'Could not get lock' "$log" || return 1
        [ "$rounds" -lt 150 ] || return 1
        rounds=$((rounds + 1))
        sleep 2
    done
}
# `apt-cache show` also knows what was removed but for its settings, and in part what others merely mention.
has_candidate() { apt-cache policy "postgresql-$major" | grep -q 'Candidate: [0-9]'; }

# Adds the packages of postgresql.org to the sources; they stay there when the installation succeeds.
add_postgresql_org() {
    lists=/etc/apt/sources.list.d
    if [ -e "$lists/pgdg.sources" ] || [ -e "$lists/pgdg.list" ] || apt-get indextargets | grep -q '^Site: .*postgresql\.org'; then
        must "PostgreSQL $major is neither in this suite nor in what this server's sources name of postgresql.org" false
    fi
    must 'postgresql-common cannot be installed' apt install --no-install-recommends -y postgresql-common ca-certificates
    added="$lists/pgdg.sources $lists/pgdg.list"
    # Its own update does not wait for a lock, and does not fail when nobody answers.
    /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y >"$log" 2>&1 </dev/null || true
    ! grep -q 'Could not get lock' "$log" || update || true
    sed -i '/^[EW]: /!d' "$log"
    case $(grep 'postgresql\.org' "$log") in
        *'is not signed'*) why='what answers for postgresql.org is not signed by it' ;;
        *'have a Release file'*) why='postgresql.org has nothing for this suite' ;;
        *'Failed to fetch'*) why='postgresql.org cannot be reached' ;;
        *) why='postgresql.org has not got it either' ;;
    esac
    must "this suite has no PostgreSQL $major, and $why" has_candidate
}

must 'the package lists cannot be read' update
case $missing in
    *postgresql-*)
        # Nobody has asked for the cluster that the packages would make.
        no_cluster=/etc/postgresql-common/createcluster.d/pgdrill.conf
        if [ ! -e "$no_cluster" ]; then
            made="$made $no_cluster"
            mkdir -p "${no_cluster%/*}"
            echo 'create_main_cluster = false' >"$no_cluster"
        fi
        has_candidate || add_postgresql_org
        ;;
esac
# shellcheck disable=SC2086
must "$missing cannot be installed" apt install --no-install-recommends -y $missing
has_postgres || fail "PostgreSQL $major is not there after its installation"
added=
# shellcheck disable=SC2086
dpkg-query -W -f '${Package} ${Version}\n' $missing
