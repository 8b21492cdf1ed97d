#!/bin/sh
# Healthy: every server of a drill in this container accepts connections; while there is none, the programs run.
set -eu
for socket in /run/pgdrill/s/.s.PGSQL.*; do
    case $socket in
    *.lock | *'*') continue ;;
    esac
    pg_isready -q -h /run/pgdrill/s -p "${socket##*.}"
done
pgbackrest version >/dev/null
