#!/usr/bin/env bash
# Makes what consortium.yaml reads from FOLDER (deploy/compose/consortium): a key pair for each member, everybody's
# keyring, an authority and certificates. One person makes all keys here, which is right for a trial and wrong for a
# consortium: there each operator makes his own (deploy/README.md, «Starting together»).
#
#   bash deploy/compose/prepare.sh [FOLDER]
#
# BIGCHAINDB is the command that makes a key pair.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/consortium}
bigchaindb=${BIGCHAINDB:-docker run --rm --network none bigchaindb-server:0.1.0}
certificates=$here/../certificates/certificates.sh
members=(node-1 node-2 node-3 node-4)

if [ -e "$folder" ]; then
  echo "$folder is there already" >&2
  exit 1
fi
# Containers read these files under users of their own; the folder keeps others of this machine out.
install -d -m 0700 "$folder"

declare -A public
for member in "${members[@]}"; do
  configuration=$($bigchaindb -y -c - configure mongodb 2>"$folder/configure.log")
  sed -n 's/^ *"private": "\(.*\)".*/\1/p' <<<"$configuration" >"$folder/$member.keypair"
  public[$member]=$(sed -n 's/^ *"public": "\([^"]*\)".*/\1/p' <<<"$configuration")
  [ -n "${public[$member]}" ] && [ -s "$folder/$member.keypair" ]
done

keyring() {
  local me=$1 other others=()
  for other in "${members[@]}"; do
    [ "$other" = "$me" ] || others+=("${public[$other]}")
  done
  (IFS=:; echo "${others[*]}")
}

"$certificates" authority "$folder/authority" consortium
for server in mongodb-1 mongodb-2 mongodb-3; do
  "$certificates" server "$folder/authority" "$server" "$server" localhost
done
"$certificates" server "$folder/authority" nginx localhost
for client in administrator "${members[@]}" gateway; do
  "$certificates" client "$folder/authority" "$client"
  "$certificates" give "$folder/authority" "$client" | tar -C "$folder" -xf -
done
for server in mongodb-1 mongodb-2 mongodb-3 nginx; do
  "$certificates" give "$folder/authority" "$server" | tar -C "$folder" -xf -
done
for name in "${members[@]}" gateway; do
  {
    echo "BIGCHAINDB_KEYRING=$(keyring "$name")"
    echo "BIGCHAINDB_DATABASE_LOGIN=$("$certificates" subject "$folder/authority" "$name")"
  } >"$folder/$name.env"
done
for member in "${members[@]}"; do
  echo BIGCHAINDB_KEYPAIR_PRIVATE_FILE=/run/secrets/keypair_private >>"$folder/$member.env"
done
chmod 0644 "$folder"/*.*
echo "$folder: ${#members[@]} members, a gateway, certificates until $(openssl x509 -in "$folder/nginx.crt" -noout -enddate | sed 's/.*=//')"
