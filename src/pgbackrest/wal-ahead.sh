#!/bin/sh
# wal-ahead SPOOL STANZA COMMAND [ARGUMENT...] FILE DESTINATION
#
# Fetches one WAL file by COMMAND, an archive-get of pgBackRest whose configuration lets it fetch the segments after it meanwhile
# (archive-async), into a queue below SPOOL. Only a file that is delivered counts. Whatever else is said of one is no answer yet: what
# fetches ahead may have been killed, may have had no room, or looked before the file was archived. So the file is then fetched by
# itself, and that answer is the one of a recovery that fetches nothing ahead.
#
# A segment that lies in the queue is taken from there without pgBackRest, which takes ten times as long for it. pgBackRest puts it
# there under its name once it is whole (2.45 to 2.60).
#
# SPOOL/delivered  the segment that was delivered last
spool=$1 queue=$1/archive/$2/in
shift 2
before='' file=''
for word; do before=$file file=$word; done
destination=$file file=$before

# Timeline history files are never fetched ahead. At the end of its recovery PostgreSQL asks for its last segment again.
case $file in *.history) exec "$@" --no-archive-async ;; esac
if [ -e "$spool/delivered" ] && read -r last <"$spool/delivered" && [ "$last" = "$file" ]; then
    exec "$@" --no-archive-async
fi

# Before there is a server: whatever is fetched stays in the queue.
[ "$destination" != "$queue/$file" ] || exec "$@"

# What fetches ahead found no such segment, or could not fetch it, and left a note (2.45 to 2.60). Asked again, pgBackRest would begin
# anew, and have the server wait for that.
if [ ! -e "$queue/$file" ]; then
    for note in "$queue/$file.ok" "$queue/$file.error"; do
        [ ! -e "$note" ] || exec "$@" --no-archive-async
    done
fi

left=0
for segment in "$queue"/????????????????????????; do left=$((left + 1)); done
# pgBackRest fills its queue up whenever it delivers a segment of one that is half empty. Every fourth of those is enough.
if [ $left -gt 16 ] || [ $((left % 4)) -ne 1 ]; then
    if [ -e "$queue/$file" ]; then
        mv "$queue/$file" "$destination" && {
            echo "$file" >"$spool/delivered"
            exit 0
        }
        rm -f "$destination"
    fi
fi

# What fetches ahead closes the descriptors that it gets, so this ends with the command itself.
words=$("$@" 2>&1 </dev/null)
first=$?
# It was killed, or could not be started: so it is without anything that fetches ahead.
if [ $first -eq 0 ] || [ $first -gt 125 ]; then
    [ -z "$words" ] || echo "$words" >&2
    [ $first -ne 0 ] || echo "$file" >"$spool/delivered"
    exit $first
fi
"$@" --no-archive-async
status=$?
[ $status -ne 0 ] || echo "pgdrill: WAL file $file was fetched by itself, and not ahead (exit status $first)" >&2
exit $status
