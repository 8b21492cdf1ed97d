#!/bin/sh
# Compiles the program, and the types of the library: sh scripts/build.sh [DIRECTORY], dist by default.
set -eu
case ${1:-dist} in /*) out=$1 ;; *) out=$PWD/${1:-dist} ;; esac
cd "$(dirname "$0")/.."
node_modules/.bin/node scripts/bundle.ts "$out"
exec node_modules/.bin/tsc -p tsconfig.library.json --outDir "$out/types"
