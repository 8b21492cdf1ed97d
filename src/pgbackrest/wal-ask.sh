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
echo "$file $destination" >"$dir/asked" || exit 254
read -r answered status <"$dir/answered" || exit 254
# An answer to another question is none.
[ "$answered" = "$file" ] || exit 254
case $status in '' | *[!0-9]*) exit 254 ;; esac
[ ! -s "$dir/said" ] || cat "$dir/said" >&2
exit "$status"
