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
#   254  anything else: not readable, vanished since the run began, or altered
#
# DIR/listed      what the archive held when the run began: lines of "FILE SHA1"
# DIR/journal     what happened, one line each: "get FILE STATUS", "sha1 FILE HEX", "refused FILE CODE TEXT"
# DIR/checking    exists while the file delivered last is being hashed, which overlaps with its replay
# DIR/refused     exists once a file was refused: nothing more is delivered
dir=$1 file=$2 destination=$3
shift 3

refuse() {
    : >"$dir/refused"
    echo "refused $file $1 $2" >>"$dir/journal"
    echo "pgdrill: WAL file $file refused: $2" >&2
    rm -f "$destination"
    exit 254
}

# Fetching overlaps with the hashing of the file before.
"$@"
status=$?

waited=0
while [ -e "$dir/checking" ]; do
    waited=$((waited + 1))
    [ "$waited" -gt 6000 ] && refuse wal-unverified "the checksum of the file before was not computed within a minute"
    sleep 0.01
done
if [ -e "$dir/refused" ]; then
    rm -f "$destination"
    exit 254
fi
echo "get $file $status" >>"$dir/journal"

case $status in
0) ;;
1)
    grep -q "^$file " "$dir/listed" && refuse wal-missing "it was in the archive when the run began, and is gone"
    exit 1
    ;;
*) refuse wal-unreadable "the command that fetches it ended with exit status $status" ;;
esac

# Timeline history files carry no checksum in their names.
case $file in *.history) exit 0 ;; esac

: >"$dir/checking"
exec 3<"$destination"
{
    actual=$(sha1sum <&3)
    actual=${actual%% *}
    echo "sha1 $file $actual" >>"$dir/journal"
    if grep -q "^$file " "$dir/listed" && ! grep -q "^$file $actual\$" "$dir/listed"; then
        : >"$dir/refused"
        echo "refused $file wal-checksum-mismatch its content has the SHA-1 $actual, which is not that of its name in the archive" >>"$dir/journal"
        echo "pgdrill: WAL file $file refused: its content has the SHA-1 $actual, which is not that of its name in the archive" >&2
    fi
    rm -f "$dir/checking"
} </dev/null &
exit 0
