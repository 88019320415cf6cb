#!/bin/sh
# Makes, in the current folder, an authority and the certificates of exporter and Prometheus:
#   sh certificates.sh exporter.example.org
# with the name, or the names, by which Prometheus reaches the exporter. Run it again to renew the
# two certificates: the authority stays, and both programs read the new files without a restart.
# ca.key belongs in a safe place, exporter.* to the exporter, prometheus.* and ca.pem to Prometheus.
set -eu
umask 077
names=
for name in "$@"; do
  case $name in
    *[!0-9.]*) names="$names, DNS:$name" ;;
    *) names="$names, IP:$name" ;;
  esac
done
: "${names:?give the name by which Prometheus reaches the exporter}"

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
