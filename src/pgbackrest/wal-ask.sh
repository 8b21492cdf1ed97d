#!/bin/sh
# wal-ask DIR FILE DESTINATION
#
# Stands in for the command that fetches a WAL file where the server sees no repository: hands the question to wal-serve.sh,
# which runs beside the server, and says and ends as the command did there.
#
# DIR/asked     a pipe for the question: "FILE DESTINATION"
# DIR/answered  a pipe for the answer: "FILE STATUS"
# DIR/said      what the command said
dir=$1 file=$2 destination=$3
# The way back is open before the question is asked: once wal-serve.sh is gone, to open it would wait for ever.
{ echo "$file $destination" >&4 && read -r answered status <&3; } 3<"$dir/answered" 4<>"$dir/asked" || exit 254
# An answer to another question is none.
[ "$answered" = "$file" ] || exit 254
case $status in '' | *[!0-9]*) exit 254 ;; esac
[ ! -s "$dir/said" ] || cat "$dir/said" >&2
exit "$status"
