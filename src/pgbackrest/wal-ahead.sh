#!/bin/sh
# wal-ahead COMMAND [ARGUMENT...] FILE DESTINATION
#
# Fetches one WAL file by COMMAND, an archive-get of pgBackRest whose configuration lets it fetch the segments after it meanwhile
# (archive-async). Only a file that it delivers counts. Whatever else it says of one is no answer yet: what fetched ahead may have
# been killed, or looked before the file was archived (2.45 to 2.58 take that for its absence, #2423). So the file is then fetched by
# itself, and that answer is the one of a recovery that fetches nothing ahead.
before='' file=''
for word; do before=$file file=$word; done
file=$before

# Timeline history files are never fetched ahead.
case $file in *.history) exec "$@" --no-archive-async ;; esac

# What fetches ahead closes the descriptors that it gets, so this ends with the command itself.
words=$("$@" 2>&1 </dev/null)
first=$?
# It was killed, or could not be started: so it is without anything that fetches ahead.
if [ $first -eq 0 ] || [ $first -gt 125 ]; then
    [ -z "$words" ] || echo "$words" >&2
    exit $first
fi
"$@" --no-archive-async
status=$?
[ $status -ne 0 ] || echo "pgdrill: WAL file $file was not there ahead of its time (exit status $first)" >&2
exit $status
