#!/usr/bin/env bash
# Copies the ledger into a new folder below the given one, keeps the newest KEEP (7) copies, and hands the new one to
# AFTER, a command that carries it elsewhere. A copy on the same machine is no backup.
set -euo pipefail
folder=$1
bigchaindb=${BIGCHAINDB:-/opt/bigchaindb/bin/bigchaindb}
copy=$folder/$(date --utc +%Y-%m-%dT%H-%M-%SZ)

# A copy that was cut off has no manifest; nobody shall take it for one.
if ! $bigchaindb backup "$copy"; then
  rm -rf "$copy"
  exit 1
fi
mapfile -t copies < <(find "$folder" -mindepth 2 -maxdepth 2 -name manifest.json -printf '%h\n' | sort)
for ((index = 0; index < ${#copies[@]} - ${KEEP:-7}; index++)); do
  rm -rf "${copies[index]}"
done
[ -z "${AFTER:-}" ] || $AFTER "$copy"
