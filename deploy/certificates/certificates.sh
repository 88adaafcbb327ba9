#!/usr/bin/env bash
# The certificate authority of a consortium: a folder of files and openssl, nothing else. Run it on a machine that is
# not a server; only what `give` packs leaves the folder. Certificates are ECDSA P-256; the subject tells MongoDB who is
# a member of its replica set (OU=members) and who is a client (OU=clients).
#
#   certificates.sh authority FOLDER NAME           makes the authority of the consortium NAME
#   certificates.sh server FOLDER NAME HOST...      for a MongoDB member, NGINX or a node: serves and connects as HOSTs
#   certificates.sh client FOLDER NAME              for a node, for monitoring, for backup: connects only
#   certificates.sh request FOLDER NAME             key and request of an operator whose key stays at home
#   certificates.sh accept FOLDER NAME client       signs the request NAME.csr that lies in FOLDER; or
#   certificates.sh accept FOLDER NAME server HOST...
#   certificates.sh renew FOLDER NAME               a new certificate for the key that NAME has
#   certificates.sh revoke FOLDER NAME              withdraws it; hand the new crl.pem to every server
#   certificates.sh refresh FOLDER                  signs crl.pem anew, which is due before it expires
#   certificates.sh subject FOLDER NAME             the name that MongoDB knows a client by
#   certificates.sh list FOLDER                     what was issued: V valid or R revoked, end, subject
#   certificates.sh metrics FOLDER                  when certificates and lists of any folder end, for node_exporter
#   certificates.sh give FOLDER NAME                a tar on standard output with NAME's files, ca.crt and crl.pem
#
# DAYS sets the life of a certificate (365), AUTHORITY_DAYS of the authority's (3650), CRL_DAYS of the list's (30).
set -euo pipefail
umask 077

fail() {
  echo "certificates.sh: $*" >&2
  exit 1
}

usage() {
  sed -n '/^#   cert/s/^#   //p' "$0" >&2
  exit 2
}

# openssl reads the folder from the environment, so that the configuration holds no path.
configuration() {
  cat <<'CONFIGURATION'
[ca]
default_ca = consortium
[consortium]
database = $ENV::FOLDER/index.txt
serial = $ENV::FOLDER/serial
crlnumber = $ENV::FOLDER/crlnumber
new_certs_dir = $ENV::FOLDER/issued
certificate = $ENV::FOLDER/ca.crt
private_key = $ENV::FOLDER/ca.key
default_md = sha256
unique_subject = no
policy = named
[named]
organizationName = match
organizationalUnitName = supplied
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
authorityKeyIdentifier = keyid
subjectAltName = $ENV::HOSTS
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
CONFIGURATION
}

# `openssl SUBCOMMAND -config …`, quiet unless it fails.
with_configuration() {
  local command=$1 said
  shift
  said=$(openssl "$command" -config <(configuration) "$@" 2>&1) || fail "$said"
}

authority() {
  local name=$1
  [ -e "$FOLDER/ca.key" ] && fail "$FOLDER has an authority already"
  mkdir -p "$FOLDER/issued"
  : >"$FOLDER/index.txt"
  openssl rand -hex 16 >"$FOLDER/serial"
  echo 01 >"$FOLDER/crlnumber"
  openssl ecparam -name prime256v1 -genkey -noout -out "$FOLDER/ca.key"
  with_configuration req -x509 -new -key "$FOLDER/ca.key" -sha256 -days "${AUTHORITY_DAYS:-3650}" \
    -subj "/O=$name/OU=authority/CN=$name authority" -extensions authority -out "$FOLDER/ca.crt"
  refresh
}

organization() {
  openssl x509 -in "$FOLDER/ca.crt" -noout -subject -nameopt multiline | sed -n 's/ *organizationName *= //p'
}

refresh() {
  with_configuration ca -gencrl -crldays "${CRL_DAYS:-30}" -out "$FOLDER/crl.pem"
}

make_key() {
  local name=$1
  [ -e "$FOLDER/$name.key" ] && fail "$FOLDER has a key of $name already"
  mkdir -p "$FOLDER"
  openssl ecparam -name prime256v1 -genkey -noout -out "$FOLDER/$name.key"
}

request() {
  local name=$1
  make_key "$name"
  with_configuration req -new -key "$FOLDER/$name.key" -subj "/CN=$name" -out "$FOLDER/$name.csr"
}

# Signs NAME.csr. Only its key counts: subject and uses are ours, whatever the request asks for.
accept() {
  local name=$1 kind=$2 unit=clients
  [ -e "$FOLDER/$name.crt" ] && fail "$name has a certificate already: renew or revoke it"
  [ -e "$FOLDER/$name.csr" ] || fail "there is no request $FOLDER/$name.csr"
  [ "$kind" = server ] && unit=members
  echo "$kind $unit $HOSTS" >"$FOLDER/$name.kind"
  sign "$name"
}

sign() {
  local name=$1 kind unit
  read -r kind unit HOSTS <"$FOLDER/$name.kind"
  with_configuration ca -batch -notext -extensions "$kind" -days "${DAYS:-365}" \
    -subj "/O=$(organization)/OU=$unit/CN=$name" -in "$FOLDER/$name.csr" -out "$FOLDER/$name.crt"
  # mongod reads certificate and key from one file.
  [ ! -e "$FOLDER/$name.key" ] || cat "$FOLDER/$name.crt" "$FOLDER/$name.key" >"$FOLDER/$name.pem"
}

alternative_names() {
  local host names=()
  for host in "$@"; do
    if [[ $host =~ ^[0-9.]+$ || $host == *:* ]]; then names+=("IP:$host"); else names+=("DNS:$host"); fi
  done
  (IFS=,; echo "${names[*]}")
}

# Every certificate of `name` that still holds, renewed ones too: a forgotten one would open the door again.
revoke() {
  local name=$1 serial
  while read -r serial; do
    with_configuration ca -revoke "$FOLDER/issued/$serial.pem"
  done < <(awk -F '\t' -v end="/CN=$name" \
    '$1 == "V" && substr($6, length($6) - length(end) + 1) == end { print $4 }' "$FOLDER/index.txt")
  refresh
  mkdir -p "$FOLDER/revoked"
  mv "$FOLDER/$name".* "$FOLDER/revoked/"
}

# For the textfile collector of node_exporter.
metrics() {
  local file end
  echo '# TYPE certificate_file_ends_seconds gauge'
  for file in "$FOLDER"/*.crt "$FOLDER"/*crl*.pem; do
    [ -e "$file" ] || continue
    case $file in
      *.crt) end=$(openssl x509 -in "$file" -noout -enddate) ;;
      *) end=$(openssl crl -in "$file" -noout -nextupdate) ;;
    esac
    echo "certificate_file_ends_seconds{file=\"${file##*/}\"} $(date --date="${end#*=}" +%s)"
  done
}

# Without a key where that has stayed with its operator.
give() {
  local name=$1 file files=("$1.crt" ca.crt crl.pem)
  for file in "$name.key" "$name.pem"; do
    [ ! -e "$FOLDER/$file" ] || files+=("$file")
  done
  tar -C "$FOLDER" -cf - "${files[@]}"
}

[ $# -ge 2 ] || usage
command=$1
export FOLDER=$2 HOSTS=''
name=${3:-}
shift 2
case $command in
  authority | request | metrics) ;;
  *) [ -e "$FOLDER/ca.key" ] || fail "$FOLDER has no authority" ;;
esac
case $command in
  list | refresh | metrics) ;;
  authority) [ -n "$name" ] || usage ;;
  *) [[ $name =~ ^[A-Za-z0-9][A-Za-z0-9-]*$ ]] || usage ;;
esac
case $command in
  renew | revoke | subject | give) [ -e "$FOLDER/$name.crt" ] || fail "there is no certificate of $name" ;;
esac
case $command in
  server) [ $# -ge 2 ] || usage; HOSTS=$(alternative_names "${@:2}") ;;
  accept) [ $# -ge 3 ] || [ "${2:-}" = client ] || usage; HOSTS=$(alternative_names "${@:3}") ;;
esac
case $command in
  authority) authority "$name" ;;
  server | client) request "$name"; accept "$name" "$command" ;;
  request) request "$name" ;;
  accept) [[ $2 == client || $2 == server ]] || usage; accept "$name" "$2" ;;
  renew) sign "$name" ;;
  revoke) revoke "$name" ;;
  refresh) refresh ;;
  subject) openssl x509 -in "$FOLDER/$name.crt" -noout -subject -nameopt RFC2253 | sed 's/^subject=//' ;;
  list) cut -f 1,2,6 "$FOLDER/index.txt" ;;
  metrics) metrics ;;
  give) give "$name" ;;
  *) usage ;;
esac
