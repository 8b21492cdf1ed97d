#!/bin/sh
# Compiles the program: sh scripts/build.sh [DIRECTORY], dist by default. What is no TypeScript is copied beside it.
set -eu
cd "$(dirname "$0")/.."
out=${1:-dist}
node_modules/.bin/tsc -p tsconfig.build.json --outDir "$out"
(cd src && find . -name '*.sh' -o -name '*.pl') | while read -r file; do
    cp "src/$file" "$out/$file"
done
