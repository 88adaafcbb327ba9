#!/usr/bin/env bash
# Fills in node.yaml and prints it; with --packed as gzip in base64, for CloudFormation's parameter UserData.
#
#   render.sh [--packed] RELEASE_URL RELEASE_SHA256 [SETTINGS_FILE [DATA_DEVICE]]
#
# SETTINGS_FILE holds environment variables of settings, one a line. Without DATA_DEVICE the data is on the root disk.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
packed=false
if [ "${1:-}" = --packed ]; then
  packed=true
  shift
fi
[ $# -ge 2 ] || { sed -n '/^#   render/s/^#   //p' "$0" >&2; exit 2; }
settings=$(base64 -w 0 <"${3:-/dev/null}")

fill() {
  sed -e "s|\${release_url}|$1|" -e "s|\${release_sha256}|$2|" -e "s|\${settings_base64}|$settings|" \
    -e "s|\${data_device}|${4:-}|" "$here/node.yaml"
}

if $packed; then fill "$@" | gzip -9 | base64 -w 0; else fill "$@"; fi
