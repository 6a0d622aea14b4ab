#!/bin/sh
# production-files.sh APP OUT: puts into OUT what APP needs in order to run, and nothing else: its sources, those of the
# workspace packages that it imports, and their production dependencies, linked as in the workspace. Run it in a copy
# of the project, since it installs there. `pnpm deploy` would not do: it puts the packages under node_modules, where
# Node.js refuses to strip types.
set -eu
app=$1
out=$2
# The pnpm that runs is the one that package.json names; whether the registry knows it too does not matter here.
CI=true pnpm install --prod --frozen-lockfile --filter "$app..."
mkdir -p "$out"
folders=$(pnpm --filter "$app..." list --depth -1 --parseable | sed "s#^$(pwd)/##")
# shellcheck disable=SC2086 # one word per folder
tar -cf - --exclude='*.test.ts' --exclude=testing --exclude=testdata --exclude='src/suite' --exclude='src/rfc' \
  --exclude=tsconfig.json node_modules package.json $folders | tar -xf - -C "$out"
