#!/bin/sh
# wal-feed DIR FILE DESTINATION COMMAND [ARGUMENT...]
#
# The restore_command of a drill: fetches one WAL file by COMMAND and says no louder than PostgreSQL would.
#
# PostgreSQL takes every exit status from 1 to 125 for "the archive ends here" and promotes; only a status above 125
# stops it (FATAL: could not restore file "..." from archive: child process exited with exit code 254). And pgBackRest's
# archive-get does not compare a segment with the SHA-1 in its repository name. So here:
#   0    the file was delivered, and nothing delivered earlier was found to be altered
#   1    the archive does not hold the file, and did not hold it when the run began
#   254  anything else: not readable, vanished since the run began, altered, or this script itself could not do its work
# COMMAND is `ask` where the server sees no repository: see wal-ask.sh.
#
# On the way to a target at which PostgreSQL stops, it reads ahead of what it replays (15 and newer), so that a segment
# behind the target may be refused. A refusal of a segment is then a 1: short of the target PostgreSQL ends with FATAL all
# the same, since it has met no stop, and the journal says why.
#
# DIR/listed/groups  the groups of the list of what the archive held when the run began
# DIR/listed/GROUP   that part of it: lines of "FILE SHA1". A group has the first 15 characters of its files' names, since
#                    a list may have a million lines, and is looked into for each file
# DIR/listed/histories  the history files that it held, each with a space behind it
# DIR/as-listed      exists while what was archived since then is not to be delivered
# DIR/has-stop       exists on the way to a target at which PostgreSQL stops
# DIR/gate           where there is one, no WAL behind it is served: "LOG SEGMENT OFFSET BYTES", the place of a segment as in
#                    its name, in decimal, how many bytes of it are served, and how many it has. It is replaced by a rename.
# DIR/whole          the segment in which the gate stands, as it was fetched; DIR/whole-name names it
# DIR/served         the name of the segment that was cut last, and where
# DIR/met            the gate at which more was asked for in vain: all that it lets through was read
# DIR/openssl        exists where openssl can compute a SHA-1, which takes half the time of sha1sum (Debian 12)
# DIR/journal        what happened, one line each: "get FILE STATUS", "sha1 FILE HEX", "refused FILE CODE TEXT"
# DIR/next           the line of the list behind the file delivered last: what PostgreSQL asks for next, most of the time
# DIR/words          what the command said last
# DIR/checking       exists while the file delivered last is being hashed, which overlaps with its replay
# DIR/refused        exists once a file was refused: nothing more is delivered
dir=$1 file=$2 destination=$3
shift 3

# A shell that fails to redirect or to fork ends with a status that PostgreSQL would take for the end of the archive. One
# that was ended by a signal has nothing to say.
broken() {
    [ "$1" -gt 128 ] || echo "refused $file sandbox-failed this machine did not let the WAL feed do its work" >>"$dir/journal"
    exit 254
}
trap 'broken $?' EXIT

leave() {
    trap - EXIT
    exit "$1"
}

case $file in *.history) history=yes ;; *) history=no ;; esac

leave_refused() {
    rm -f "$destination"
    [ -e "$dir/has-stop" ] && [ "$history" = no ] && leave 1
    leave 254
}

# `true` and not `:`, since a failed redirection of a special built-in ends the shell.
refuse() {
    echo "pgdrill: WAL file $file refused: $2" >&2
    true >"$dir/refused" && echo "refused $file $1 $2" >>"$dir/journal" && leave_refused
    rm -f "$destination"
    leave 254
}

# A delivery that the journal does not know of could not be judged after the run.
note() {
    echo "get $file $1" >>"$dir/journal" || refuse wal-unverified "its delivery could not be noted"
}

# Whether the archive held such a file when the run began: 0 yes, 1 no, more: that cannot be told.
listed() {
    if [ "$history" = yes ]; then
        grep -q "^$1" "$dir/listed/histories"
        return
    fi
    group=${file%?????????}
    grep -qs "^$1" "$dir/listed/$group"
    found=$?
    [ $found -gt 1 ] || return $found
    # Only of a group that the list has not got is it known that the archive held nothing of it.
    grep -q "^$group\$" "$dir/listed/groups" || return
    return 2
}

is_listed() {
    # Told while the file before was replayed. What the list says does not change.
    [ -e "$dir/next" ] && read -r next _ <"$dir/next" && [ "$next" = "$file" ] && return
    listed "$file "
    case $? in
    0) return 0 ;;
    1) return 1 ;;
    *) refuse wal-unverified "the list of what the archive held cannot be read" ;;
    esac
}

# The segment in which the gate stands is cut there, and has zeroes behind, where PostgreSQL finds no record and waits. It asks
# again and again, and gets the segment anew only once the gate has moved.
cut=
behind_gate() {
    [ ! -e "$dir/refused" ] || leave_refused
    [ -e "$dir/met" ] && read -r met <"$dir/met" && [ "$met" = "$gate" ] || echo "$gate" >"$dir/met"
    leave 1
}

read_gate() {
    read -r gate <"$dir/gate" || refuse wal-unverified "where it may be served to cannot be read"
    set -- $gate
    place=${file#????????}
    log=$((0x${place%????????})) number=$((0x${place#????????}))
    [ "$log" -lt "$1" ] && return
    [ "$log" -eq "$1" ] && [ "$number" -lt "$2" ] && return
    [ "$log" -eq "$1" ] && [ "$number" -eq "$2" ] && [ "$3" -gt 0 ] || behind_gate
    [ -e "$dir/served" ] && read -r served <"$dir/served" && [ "$served" = "$file $3" ] && behind_gate
    cut=$3 bytes=$4
}

# Only now is there something that PostgreSQL may read: it takes what lies there once this has ended with 0.
serve_cut() {
    head -c "$cut" "$dir/whole" >"$destination" && truncate -s "$bytes" "$destination" ||
        refuse sandbox-failed "it could not be cut at the gate"
    echo "$file $cut" >"$dir/served" && echo "gate $file $cut" >>"$dir/journal" ||
        refuse wal-unverified "where it was cut could not be noted"
    leave 0
}

# What was fetched for the gate before is served again: it was hashed, and is not asked for once more.
is_whole_here() {
    [ -e "$dir/whole-name" ] && read -r whole <"$dir/whole-name" && [ "$whole" = "$file" ]
}

if [ -e "$dir/gate" ]; then
    case $file in *[!0-9A-F]*) ;; ????????????????????????) read_gate ;; esac
    if is_whole_here && [ ! -e "$dir/refused" ]; then
        [ -z "$cut" ] || serve_cut
        cp "$dir/whole" "$destination" || refuse sandbox-failed "it could not be copied"
        leave 0
    fi
fi

# A timeline that was begun during the run is never followed: what the drill expects was told from those of before.
if [ "$history" = yes ] || [ -e "$dir/as-listed" ]; then
    is_listed || {
        note 1
        leave 1
    }
fi

[ "$1" != ask ] || . "$dir/wal-ask.sh"
# Fetching overlaps with the hashing of the file before. A group whose redirection fails is not run.
status=
{
    "$@"
    status=$?
} >"$dir/words" 2>&1
[ -n "$status" ] || refuse sandbox-failed "what is said about it could not be kept"
[ -s "$dir/words" ] && cat "$dir/words" >&2

waited=0
while [ -e "$dir/checking" ]; do
    waited=$((waited + 1))
    [ "$waited" -gt 6000 ] && refuse wal-unverified "the checksum of the file before was not computed within a minute"
    sleep 0.01
done
# At the end of its recovery PostgreSQL asks for timelines, whatever was refused behind the target.
if [ -e "$dir/refused" ] && ! { [ -e "$dir/has-stop" ] && [ "$history" = yes ]; }; then
    leave_refused
fi
note "$status"

if [ "$status" -gt 1 ]; then
    words=$(tr -s '\n ' '  ' <"$dir/words")
    said=$(printf %s "$words" | cut -c 1-300)
    # The words come first: pgBackRest has one exit status for a file that it may not open and for too many open files.
    case $words in
    *"Too many open files"* | *"Resource temporarily unavailable"* | *"Cannot allocate memory"* | *"Cannot fork"*)
        refuse sandbox-failed "this machine did not let it be fetched (exit status $status): $said"
        ;;
    *"No space left on device"*) refuse disk-full "there is no room for it: $said" ;;
    *"for read: [13] Permission denied"*) refuse repo-permission-denied "the user of the drill may not read it: $said" ;;
    esac
fi
case $status in
0) ;;
1)
    is_listed && refuse wal-missing "it was in the archive when the run began, and is gone"
    leave 1
    ;;
# pgBackRest cannot reach or open the repository itself any more: host-connect, service, repo-invalid, and its ssh.
49 | 101 | 103 | 125) refuse repo-unreadable "the repository cannot be read any more (exit status $status): $said" ;;
# It crashed (SIGABRT, SIGBUS, SIGFPE, SIGSEGV), or nobody read what it wrote (SIGPIPE): that is no killer on this machine. pgBackRest
# 2.45 aborts when its TLS host goes away.
134 | 135 | 136 | 139 | 141) refuse wal-unreadable "the command that fetches it crashed (exit status $status): $said" ;;
# A signal killed it: 128 and its number.
129 | 1[3-8]? | 19[0-2]) refuse process-killed "the command that fetches it was killed (exit status $status)" ;;
# An option of the configuration, which is none of a segment.
31 | 32 | 37) refuse sandbox-failed "pgBackRest does not take its configuration (exit status $status): $said" ;;
# pgBackRest was told to end, or got no memory, no process, no program; or it was no pgBackRest that ended so.
63 | 94 | 100 | 102 | 12[678] | 19[3-9] | 2??) refuse sandbox-failed "the command that fetches it could not do its work (exit status $status): $said" ;;
*) refuse wal-unreadable "the command that fetches it ended with exit status $status: $said" ;;
esac

[ -r "$destination" ] || refuse wal-unreadable "the command that fetches it says that it did, but there is no file"

# Timeline history files carry no checksum in their names.
[ "$history" = yes ] && leave 0

# Hashes what is open as 3, and puts it into the journal.
hash_delivery() {
    if [ -e "$dir/openssl" ]; then actual=$(openssl sha1 -r <&3); else actual=$(sha1sum <&3); fi
    actual=${actual%% *}
    fault=
    if [ -z "$actual" ]; then
        fault="wal-unverified its SHA-1 could not be computed"
    elif ! listed "$file $actual\$" && listed "$file "; then
        fault="wal-checksum-mismatch its content has the SHA-1 $actual, which is not that of its name in the archive"
    fi
    if [ -n "$fault" ]; then
        true >"$dir/refused"
        echo "refused $file $fault" >>"$dir/journal"
        echo "pgdrill: WAL file $file refused: ${fault#* }" >&2
    fi
    # Last, since whoever waits for the SHA-1 then knows of the refusal too. Without one no line is written.
    [ -n "$actual" ] && echo "sha1 $file $actual" >>"$dir/journal"
}

# What is cut has no SHA-1 of its own: the whole of it is hashed before.
if [ -n "$cut" ]; then
    exec 3<"$destination"
    hash_delivery
    [ ! -e "$dir/refused" ] || leave_refused
    mv -f "$destination" "$dir/whole" && echo "$file" >"$dir/whole-name" ||
        refuse sandbox-failed "it could not be kept for the gate"
    serve_cut
fi

true >"$dir/checking" || refuse wal-unverified "the check of its SHA-1 could not be begun"
exec 3<"$destination"
{
    hash_delivery
    sed -n "/^$file /{n;p;q;}" "$dir/listed/${file%?????????}" >"$dir/next" 2>/dev/null
    rm -f "$dir/checking"
} </dev/null &
leave 0
