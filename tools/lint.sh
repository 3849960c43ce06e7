#!/usr/bin/env bash
# clang-tidy over the release build's sources; .clang-tidy says what it looks at.
#
#   tools/lint.sh               all of them: half an hour on two cores. What was found clean is remembered in build/lint
#   tools/lint.sh FILE...       these
#   tools/lint.sh --changed     those that changed since all were clean last, the newest first, for three minutes
#                               ($LINT_SECONDS) at most: run as a test
#
# tools/lint_baseline holds the commit at which all were clean; `tools/lint.sh --settle` writes it after a clean run over all.
set -uo pipefail
cd "$(dirname "$0")/.."
readonly baseline=tools/lint_baseline memory=build/lint
mkdir -p "$memory"
shopt -s nullglob

sources() { git ls-files 'src/*.cpp' 'demos/*.cpp' 'test/*.cpp' ':!test/wasm'; } # programs for the Keep are compiled by their own rules

# lint_one FILE: silent where the file and all that it includes stand as they did when it was found clean.
# 2: what it includes was not built here, as Bochs for the machine model, so nothing can be said of it.
lint_one() {
    local call digest output folder
    call=$(python3 - "$1" <<'PYTHON'
import json, os, shlex, sys
for entry in json.load(open("build/compile_commands.json")):
    if entry["file"] == os.path.abspath(sys.argv[1]):
        words = shlex.split(entry["command"])
        words = words[next(i for i, word in enumerate(words) if os.path.basename(word).startswith("clang")):]
        del words[words.index("-o"):words.index("-o") + 2]
        print(entry["directory"], shlex.join(words), sep="\n")
        break
PYTHON
    )
    if [ -n "$call" ]; then
        folder=$(head -n 1 <<<"$call") call=$(tail -n 1 <<<"$call")
        if output=$(cd "$folder" && eval "$call -E -o /dev/null" 2>&1 | grep -m 1 'file not found'); then
            printf 'SKIP %s: %s\n' "$1" "${output#*error: }"
            return 2
        fi
        digest=$( (clang-tidy-22 --version; cat .clang-tidy; cd "$folder" && eval "$call -E -C") 2>/dev/null | sha256sum | cut -d ' ' -f 1)
        [ -e "$memory/$digest" ] && return 0
    fi
    if output=$(clang-tidy-22 -p build --quiet "$1" 2>/dev/null); then
        [ -z "$call" ] || : >"$memory/$digest"
    else
        printf '%s\n' "$output"
        return 1
    fi
}
export -f lint_one
export memory

# Sources that changed since the baseline; for a header the source beside it, else one that includes it.
changed() {
    local file beside
    { git diff --name-only "$(cat $baseline)" -- '*.cpp' '*.hpp'; git ls-files --others --exclude-standard -- '*.cpp' '*.hpp'; } |
        while read -r file; do
            [ -e "$file" ] || continue
            beside=${file%.hpp}.cpp
            [ -e "$beside" ] || beside=$(git grep -l --fixed-strings "\"${file#src/}\"" -- '*.cpp' | head -n 1)
            [ -z "$beside" ] || echo "$(git log -1 --format=%ct -- "$file") $beside"
        done | sort -rn | awk '!seen[$2]++ { print $2 }' | grep -Fxf <(sources; git ls-files --others --exclude-standard -- '*.cpp')
}

case ${1-} in
--changed)
    if ! git cat-file -e "$(cat $baseline)" 2>/dev/null; then
        echo "SKIP lint: this clone does not have the commit of $baseline, so nothing says what changed; tools/lint.sh looks at all"
        echo "0 passed, 0 failed, 1 skipped"
        exit 0
    fi
    seconds=${LINT_SECONDS:-180}
    mapfile -t files < <(changed)
    ;;
--settle | "") mapfile -t files < <(sources) ;;
*) files=("$@") ;;
esac

began_at=$(git rev-parse HEAD)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
end=$((SECONDS + ${seconds:-1000000}))
export results
printf '%s\n' "${files[@]}" | xargs -r -P "$(nproc)" -I {} bash -c '
    [ "$(date +%s)" -lt '"$(($(date +%s) + end - SECONDS))"' ] || exit 0
    lint_one {}
    case $? in 0) echo >>"$results/passed" ;; 2) echo >>"$results/unbuilt" ;; *) echo >>"$results/failed" ;; esac'
count() { cat "$results/$1" 2>/dev/null | wc -l; }
passed=$(count passed) failed=$(count failed)
skipped=$((${#files[@]} - passed - failed))
late=$((skipped - $(count unbuilt)))
if [ "$late" -gt 0 ]; then
    echo "SKIP lint: $late of ${#files[@]} changed files were not reached within $seconds s; tools/lint.sh looks at all"
fi
[ "${1-}" != --settle ] || [ $((failed + skipped)) -gt 0 ] || echo "$began_at" >$baseline
# Where nothing has changed there is nothing to find fault with.
[ ${#files[@]} -gt 0 ] || passed=1
echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
