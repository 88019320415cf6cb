#!/bin/sh
# Makes, in the current folder, an authority and the certificates of exporter and Prometheus:
#   sh certificates.sh exporter.example.org
# with the name, or the names, by which Prometheus reaches the exporter. Run it again to renew the
# two certificates: the authority stays, and both programs read the new files without a restart.
# ca.key belongs in a safe place, exporter.* to the exporter, prometheus.* and ca.pem to Prometheus.
set -eu
umask 077
if [ $# = 0 ]; then
  echo "usage: sh certificates.sh NAME... (host names or IP addresses of the exporter)" >&2
  exit 2
fi
names=
for name in "$@"; do
  case $name in
    *:*) names="$names, IP:$name" ;; # IPv6
    *[!0-9.]*) names="$names, DNS:$name" ;;
    *) names="$names, IP:$name" ;;
  esac
done

if [ ! -e ca.key ]; then
  openssl ecparam -genkey -name prime256v1 -noout -out ca.key
  openssl req -x509 -key ca.key -days 3650 -subj "/CN=sentry_exporter authority" \
    -addext keyUsage=critical,keyCertSign -out ca.pem
fi

certificate() { # its file, the names in it, what it is for
  openssl ecparam -genkey -name prime256v1 -noout -out "$1.key.new"
  printf 'subjectAltName = %s\nextendedKeyUsage = %s\n' "$2" "$3" > "$1.extensions"
  openssl req -new -key "$1.key.new" -subj "/CN=$1" \
    | openssl x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -days 365 \
      -extfile "$1.extensions" -out "$1.pem.new"
  rm "$1.extensions"
  mv "$1.key.new" "$1.key"
  mv "$1.pem.new" "$1.pem"
}
certificate exporter "${names#, }" serverAuth
certificate prometheus DNS:prometheus clientAuth
chmod 644 ca.pem exporter.pem prometheus.pem
