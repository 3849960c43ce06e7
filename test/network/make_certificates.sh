#!/usr/bin/env bash
# make_certificates.sh DIR: authorities and certificates for the TLS tests, made by OpenSSL.
#
#   ca.pem                    an authority;      other_ca.pem          one that nobody trusts
#   server.pem server.key     of ca, for localhost, 127.0.0.1, ::1, expired.* the same, over since yesterday
#   client.pem client.key     of ca;             stranger.pem .key     of other_ca
set -euo pipefail
cd "$1"

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
authority() {
    key "$1"
    openssl req -x509 -new -key "$1.key" -subj "/CN=$1" -days 2 -out "$1.pem" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
}
# issue NAME AUTHORITY EXTENSION SUBJECT-ALTERNATIVE-NAMES FIRST-DAY LAST-DAY (relative to today)
issue() {
    key "$1"
    openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
    rm -rf database && mkdir database && : >database/index
    printf '%s\n' '[ca]' 'default_ca=d' '[d]' 'database=database/index' 'new_certs_dir=database' 'rand_serial=yes' 'policy=p' \
        'x509_extensions=e' '[p]' 'commonName=supplied' '[e]' "extendedKeyUsage=$3" "subjectAltName=$4" >database/settings
    openssl ca -batch -notext -md sha256 -config database/settings \
        -cert "$2.pem" -keyfile "$2.key" -in "$1.csr" -out "$1.pem" \
        -startdate "$(date -u -d "$5 day" +%y%m%d%H%M%SZ)" -enddate "$(date -u -d "$6 day" +%y%m%d%H%M%SZ)" 2>database/log || { cat database/log >&2; return 1; }
}

names=DNS:localhost,IP:127.0.0.1,IP:::1
authority ca
authority other_ca
issue server ca serverAuth "$names" -1 2
issue expired ca serverAuth "$names" -3 -1
issue client ca clientAuth DNS:client -1 2
issue stranger other_ca clientAuth DNS:stranger -1 2
