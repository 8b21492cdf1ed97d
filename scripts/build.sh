#!/bin/sh
# Compiles the program: sh scripts/build.sh [DIRECTORY], dist by default.
set -eu
case ${1:-dist} in /*) out=$1 ;; *) out=$PWD/${1:-dist} ;; esac
cd "$(dirname "$0")/.."
exec node_modules/.bin/node scripts/bundle.ts "$out"
