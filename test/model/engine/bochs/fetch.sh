#!/usr/bin/env bash
# The engine's source: fetch.sh FILE puts Debian's bochs_3.0+dfsg.orig.tar.xz there. Where it comes from, in this order:
# the file that ENARX_MODEL_ENGINE names; shared/sources beside the checkout; Debian's source package of trixie, by apt-get with
# lists of its own. Ends with 3 where none has it: then there is no model, and its tests skip.
set -uo pipefail
readonly name=bochs_3.0+dfsg.orig.tar.xz
readonly wanted=78f6c73d4a6472d5130a87ab9dc306d02c7c71ed8e25b3a8ef642e2a7acd282b
right() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d ' ' -f 1)" = "$wanted" ]; }

to=$(realpath -m "$1")
mkdir -p "$(dirname "$to")"
right "$to" && exit 0
here=$(cd "$(dirname "$0")/../../../.." && pwd)
for file in "${ENARX_MODEL_ENGINE:-}" "$here/../shared/sources/$name" "$here/../../shared/sources/$name"; do
    if right "$file"; then
        cp "$file" "$to"
        exit 0
    fi
done
if [ -n "${ENARX_MODEL_ENGINE:-}" ]; then
    echo "fetch: ENARX_MODEL_ENGINE is $ENARX_MODEL_ENGINE, which is not Debian's $name with SHA-256 $wanted" >&2
    exit 3
fi
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1)
[ -n "$mirror" ] || { echo "fetch: apt-get knows no archive; let ENARX_MODEL_ENGINE name $name" >&2; exit 3; }
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
mkdir -p "$lists/state/partial" "$lists/cache/archives/partial"
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$lists/sources.list"
with=(-q -o "Dir::Etc::sourcelist=$lists/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$lists/state"
    -o "Dir::Cache=$lists/cache" -o APT::Sandbox::User= -o Acquire::Languages=none)
cd "$lists" || exit 3
# Some mirrors lack other files of this source package: the tarball's hash decides, not apt-get's status.
apt-get "${with[@]}" update >log 2>&1 && apt-get "${with[@]}" source --download-only bochs >>log 2>&1
if right "$lists/$name"; then
    cp "$lists/$name" "$to"
    exit 0
fi
tail -n 3 log >&2
echo "fetch: the engine's source could not be had. Let ENARX_MODEL_ENGINE name Debian's $name (trixie's source package bochs)" >&2
exit 3
