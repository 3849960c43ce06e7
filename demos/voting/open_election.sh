#!/usr/bin/env bash
# open_election.sh [enarx run options]: an election with nine voters in a Keep, to be tried with a browser.
# ADDRESS and PORT say where it listens (127.0.0.1, 8443); 0.0.0.0 lets telephones in the same network take part.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${ENARX_BUILD_DIR:-$here/../../build}" && pwd)
address=${ADDRESS-127.0.0.1} port=${PORT-8443}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$build/demos/voting/election-codes" "$place/election" --title "Mayor of Toytown" --choice Alice --choice Bob --voters 9 \
    --batch 2 --address "$address" --port "$port" >/dev/null
echo "Voters' codes (each for one vote):"
sed "s|.*|  https://$address:$port/#code=&|" "$place/election/codes/voters"
echo "Officials' codes (two of three close the election):"
sed 's/^/  /' "$place/election/codes/officials"
echo "The browser will warn that nobody it knows signed the certificate: compare the fingerprint with the one below."
echo "Afterwards: $build/demos/voting/election-verify election-record.json receipt.json"
"$build/enarx" run "$@" "$place/election/package"
