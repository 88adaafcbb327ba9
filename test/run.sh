#!/usr/bin/env bash
# What `npm test` runs: type check, lint, build, every jest test, and then the branches that the unit tests of the rules
# reach. All steps run whatever the earlier ones said, each failing step counts as one failure, and the last line is always
# `N passed, N failed, N skipped`. Arguments go to jest, e.g. `npm test -- test/unit/codec`; the branches are left out then.
set -u
cd "$(dirname "$0")/.." || exit 1
export NODE_ENV=test FORCE_COLOR=0
results=$(mktemp -d "${TMPDIR:-/tmp}/bigchaindb-test-XXXXXX") || exit 1
trap 'rm -rf "$results"' EXIT
failed_steps=()

step() {
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  if "$@" </dev/null; then
    echo "== $name: ok, $((SECONDS - start)) s"
  else
    echo "== $name: FAILED, $((SECONDS - start)) s"
    failed_steps+=("$name")
  fi
}

step 'type check' node_modules/.bin/tsc --noEmit -p tsconfig.json
step 'type check of the dashboard' node_modules/.bin/tsc -p src/dashboard/tsconfig.json
step 'type check of its tests' node_modules/.bin/tsc -p test/dashboard/tsconfig.json
step 'lint' node_modules/.bin/biome check .
step 'build' npm run --silent build

echo '== tests'
node_modules/.bin/jest --ci --json --outputFile="$results/jest.json" "$@" </dev/null 2>&1 >/dev/null
jest_exit=$?

# After the tests: what times them must not have it beside them.
if [ $# -eq 0 ]; then
  step 'coverage of the rules' node_modules/.bin/jest --config jest.coverage.config.js
fi

# Names what failed and what was skipped, then prints the one last line; exits 1 unless everything passed.
node test/support/print-counts.js "$results/jest.json" "$jest_exit" ${failed_steps[@]+"${failed_steps[@]}"}
