#!/usr/bin/env bash
# Installs Debian's Chromium for the tests in a real browser, where there is none and apt-get can. Never fails: without
# Chromium those tests are skipped, and say so in their names.
set -u
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || [ -n "${CHROMIUM_PATH:-}" ]; then exit 0; fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo 'Chromium is not here and cannot be installed (no apt-get, or not root): the tests in a browser are skipped.'
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { timeout 120 apt-get update && timeout 240 apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } \
  </dev/null >"$log" 2>&1; then
  tail -n 3 "$log"
  echo 'Chromium could not be installed: the tests in a browser are skipped.'
fi
rm -f "$log"
