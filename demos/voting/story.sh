#!/usr/bin/env bash
# The story in about a minute: votes stolen from a native program, found in a plain Keep, and what protects them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${ENARX_BUILD_DIR:-$here/../../build}" && pwd)

if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then exec sudo -n "$0"; fi
    echo "The attacker of this story is the administrator: run it as root to see it."
    exit 0
fi

cat <<'TEXT'
== An election that its own administrator attacks ==
A voting machine takes nine votes: Alice is 1, Bob is 2. After five of them the administrator of the computer, root,
attacks with gdb, /proc/PID/mem, process_vm_readv and gcore. The same machine runs as a native program and in Keeps.

TEXT
python3 "$here/attacks/show.py"
echo "-- Every attack on every way --"
"$here/attack_all.sh" --json "$build/demos/voting/attacks.json" --html "$build/demos/voting/attacks.html"
cat <<TEXT

What it means: a native program is the administrator's. A KVM Keep in plain memory isolates the host from the program, not
the program from the host. Sealed memory keeps out the tools that read a process; whoever commands the kernel still can read it: it is no TEE.
Only SEV-SNP, SGX or TDX keep the host out, and prove it to a verifier elsewhere. Rows with a star ran on a model of such a processor, in software:
they try protocol and logic, not silicon.

The table as a page: $build/demos/voting/attacks.html
A real election on your telephone or browser, with receipts, a public board and a verifier: demos/voting/README.md, or now:
  demos/voting/open_election.sh
The same election handed to a Keep on a host that nobody trusts, with a certificate that says what runs, in seconds:
  demos/voting/deploy.sh
TEXT
