#!/usr/bin/env bash
# ./dev: each verb it lists has help, nothing else is a verb, and it works from any directory.
set -euo pipefail
dev=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/dev
fail() {
  echo "dev_test: $*" >&2
  exit 1
}

cd /
bash -n "$dev"
help=$("$dev" help)
verbs=$(sed -n 's|^\./dev \([a-z]*\).*|\1|p' <<<"$help" | grep -v '^help$')
for verb in setup build demo test lint fuzz cov ci; do
  grep -qx "$verb" <<<"$verbs" || fail "help does not list $verb"
done
for verb in $verbs; do
  [[ $("$dev" "$verb" --help) == "./dev $verb"* ]] || fail "$verb has no --help"
done
grep -q $'\e' <<<"$help" && fail "colours without a terminal"
for wrong in nothing verb_build main "build test"; do
  code=0
  "$dev" "$wrong" >/dev/null 2>&1 || code=$?
  [[ $code == 2 ]] || fail "'$wrong' gives $code, not 2"
done
code=0
"$dev" lint --no-such-option >/dev/null 2>&1 || code=$?
[[ $code == 2 ]] || fail "an unknown option gives $code, not 2"
echo "dev_test: passed"
