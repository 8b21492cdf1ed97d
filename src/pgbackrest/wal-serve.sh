#!/bin/sh
# wal-serve DIR DATA COMMAND [ARGUMENT...]
#
# Fetches WAL files by COMMAND for wal-ask.sh, one after the other, since the server has no network and this has. DATA is
# the directory of the cluster, which destinations are relative to, as for a restore_command.
dir=$1
cd "$2" || exit 1
shift 2
# Both stay open for reading and writing: so neither ends with whoever asked last, nor does an answer that is being closed
# look like the end of the next one. When this ends, whoever waits for an answer sees that.
exec 3<>"$dir/asked" 4<>"$dir/answered"
while read -r file destination <&3; do
    "$@" "$file" "$destination" >"$dir/said" 2>&1 </dev/null 3<&- 4<&-
    echo "$file $?" >&4
done
