#!/bin/sh
# Makes the keys and certificates of the tests, with openssl 3. Nobody trusts them.
set -eu
cd "$(dirname "$0")"
rm -f ./*.pem ./*.key
openssl() { command openssl "$@" 2> /dev/null; }
certificate() { # name, subject, extensions
  openssl req -new -key "$1.key" -subj "$2" -out request.tmp
  printf '%s\n' "$3" > extensions.tmp
  openssl x509 -req -in request.tmp -CA ca.pem -CAkey ca.key -days 36500 \
    -extfile extensions.tmp -out "$1.pem"
  rm request.tmp extensions.tmp
}
server='subjectAltName = DNS:localhost, IP:127.0.0.1
extendedKeyUsage = serverAuth'
names='DNS:prometheus.example, IP:192.0.2.1, IP:2001:db8::1, email:admin@example.org'

openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl req -x509 -key ca.key -subj "/CN=Test Authority" -days 36500 -out ca.pem \
  -addext keyUsage=critical,keyCertSign
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out server.key
certificate server /CN=server "$server"
openssl rsa -in server.key -traditional -out server.pkcs1.key
openssl pkcs8 -topk8 -in server.key -passout pass:secret -out encrypted.key
openssl rsa -in server.key -traditional -aes128 -passout pass:secret -out encrypted.old.key
openssl x509 -in server.pem -text -out server.text.pem
cat server.key server.pem ca.pem > both.pem
sed '3d' server.pem > damaged.pem
echo "not PEM" > no.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out second.key
certificate second /CN=second "$server"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out ec.key
certificate ec /CN=ec "$server"
openssl ec -in ec.key -out ec.sec1.key
openssl ecparam -name secp384r1 -out ec.parameters.key
cat ec.sec1.key >> ec.parameters.key
openssl genpkey -algorithm ED25519 -out ed25519.key
certificate ed25519 /CN=ed25519 "$server"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out client.key
certificate client /CN=client "subjectAltName = $names, URI:spiffe://example/prometheus
extendedKeyUsage = clientAuth"
cp server.key nobody.key
certificate nobody /CN=nobody "extendedKeyUsage = clientAuth"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out stranger.key
openssl req -x509 -key stranger.key -subj /CN=stranger -days 36500 -out stranger.pem \
  -addext "subjectAltName = $names" -addext extendedKeyUsage=clientAuth
openssl ecparam -name prime256v1 -genkey -noout -out namesake.key
openssl req -x509 -key namesake.key -subj "/CN=Test Authority" -days 36500 -out namesake.pem \
  -addext keyUsage=critical,keyCertSign
rm ca.key namesake.key # renew all, or none
