#!/bin/sh
# wal-serve DIR DATA FIRST COMMAND [ARGUMENT...]
#
# Fetches WAL files by COMMAND for wal-ask.sh, one after the other, since the server sees neither the repository nor a
# network, and this does. DATA is the directory of the cluster, which destinations are relative to, as for a
# restore_command. Whatever the server asks for that is no WAL file, or no place for one, is not handed on: it might be
# an option of COMMAND. This works in no directory of the server's, and lies in none: a program or a library that it put
# there would be run with the secrets of the repository.
#
# FIRST is the place in a queue for the segment that the server will ask for first, where COMMAND fetches ahead: that begins at
# once. Otherwise it is empty.
dir=$1 data=$2 first=$3
shift 3
[ -z "$first" ] || "$@" "${first##*/}" "$first" >/dev/null 2>&1 </dev/null &
# Both stay open for reading and writing: so neither ends with whoever asked last, nor does an answer that is being closed
# look like the end of the next one. When this ends, whoever waits for an answer sees that.
exec 3<>"$dir/asked" 4<>"$dir/answered"
while read -r file destination <&3; do
    case "$file $destination" in
    *[!0-9A-Za-z.]*\ * | [!0-9A-F]*) fits=no ;;
    *\ pg_wal/RECOVERYXLOG | *\ pg_wal/RECOVERYHISTORY) fits=yes ;;
    *) fits=no ;;
    esac
    if [ $fits = no ]; then
        echo "no WAL file, or no place for one: $file $destination" >"$dir/said"
        echo "$file 254" >&4
        continue
    fi
    "$@" "$file" "$data/$destination" >"$dir/said" 2>&1 </dev/null 3<&- 4<&-
    echo "$file $?" >&4
done
