# shellcheck shell=bash
# check.sh: the vocabulary of the checks in tests/checks.
#
# A check is an executable file in tests/checks. tests/run calls it without arguments from anywhere;
# it exits 0 when all is well and 1 otherwise, and its last line says what it looked at. Nothing
# else is needed to add one; this library is for those written in bash:
#
#   project_files [PATHSPEC...]   prints the project's files (tracked, or new and not ignored), one
#                                 a line, relative to the checkout, which is the working directory.
#   fault WHERE WHAT HOW          records one finding: where it is, what is wrong, how to mend it.
#   verdict TEXT                  prints TEXT and "ok", or the number of findings; exits 0 or 1.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
FAULTS=0

project_files() {
  git ls-files --cached --others --exclude-standard --deduplicate -- "$@" | while read -r file; do
    [[ ! -f $file ]] || printf '%s\n' "$file"
  done
}

fault() {
  printf '%s: %s. %s\n' "$1" "$2" "$3"
  FAULTS=$((FAULTS + 1))
}

verdict() {
  if ((FAULTS == 0)); then
    printf '%s: ok\n' "$1"
    exit 0
  fi
  printf '%s: %d to mend\n' "$1" "$FAULTS"
  exit 1
}
