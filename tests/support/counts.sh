# shellcheck shell=bash
# counts.sh: how many tests passed and failed, from what other programs print. Sourced by
# tests/NAME/run, after deploy/local/lib/local.sh.
#
#   logged FILE CMD [ARG...]   attends CMD, whose output is also in FILE.
#   number WORD              the last number before WORD, a regular expression, in standard input;
#                            0 without one.
#   add PASSED FAILED CODE   to the account, which is in `passed` and `failed`. A program that ends
#                            with another CODE than 0, or of which nothing passed, counts as failed.
#   add_pytest FILE CODE     the same of what pytest printed to FILE. What was skipped has failed.

passed=0 failed=0

number() { grep -oE "[0-9]+ $1" | tail -n 1 | grep -oE '^[0-9]+' || echo 0; }

logged() {
  local code=0 file=$1 tee
  exec 4> >(trap '' INT TERM HUP && exec tee "$file")
  tee=$!
  attend "${@:2}" >&4 2>&1 4>&- || code=$?
  exec 4>&-
  wait "$tee" || true
  return "$code"
}

add() {
  passed=$((passed + $1))
  failed=$((failed + ($2 == 0 && ($3 != 0 || $1 == 0) ? 1 : $2)))
}

add_pytest() {
  local closing
  closing=$(grep -E '^[0-9]+ .* in [0-9.]+s' "$1" | tail -n 1 || true)
  add "$(number passed <<<"$closing")" "$(($(number failed <<<"$closing") +
    $(number 'errors?' <<<"$closing") + $(number skipped <<<"$closing")))" "$2"
}
