#!/bin/sh
# Builds the image with the whole program in it, on top of the drill image of a major version.
# Usage: sh docker/build-program.sh [MAJOR]        needs the image pgdrill:MAJOR (drill image build --major MAJOR)
set -eu
cd "$(dirname "$0")/.."
major=${1:-17}
image=pgdrill-program:$major

docker image inspect "pgdrill:$major" >/dev/null 2>&1 || {
    echo "build-program: there is no image pgdrill:$major; make it with: drill image build --major $major" >&2
    exit 2
}

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir "$context/app"
cp -R bin drills examples docker package.json package-lock.json "$context/app/"
sh scripts/build.sh "$context/app/dist"
(cd "$context/app" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
cp node_modules/node/bin/node "$context/node"
chmod -R a+rX "$context"

docker build --quiet --network none --build-arg "DRILL_IMAGE=pgdrill:$major" --tag "$image" \
    --file docker/program.Dockerfile "$context" >/dev/null
echo "$image"
