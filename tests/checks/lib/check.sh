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
#   verdict NAME COUNT WHAT       prints "NAME: COUNT WHAT" and "ok", or the number of findings;
#                                 exits 0 or 1. A check that looked at nothing (COUNT is 0) has not
#                                 passed.
#
# Where git does not list the project's files, it exits 1 and says so.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
FAULTS=0

_git_files() {
  git ls-files -z --cached --others --exclude-standard --deduplicate "$@"
}

# An unpacked archive, or a checkout that belongs to somebody else.
_require_git() {
  local problem
  problem=$(_git_files --error-unmatch -- tests/checks/lib/check.sh 2>&1 >/dev/null) || {
    printf 'git does not list the files of this checkout: %s\n' "$(head -n 1 <<<"$problem")"
    exit 1; }
}
_require_git

project_files() {
  _git_files -- "$@" | while IFS= read -r -d '' file; do
    [[ ! -f $file ]] || printf '%s\n' "$file"
  done
}

fault() {
  printf '%s: %s. %s\n' "$1" "$2" "$3"
  FAULTS=$((FAULTS + 1))
}

verdict() {
  ((FAULTS > 0 || $2 > 0)) || fault "$1" 'found nothing to look at' 'See which files it asks for.'
  if ((FAULTS == 0)); then
    printf '%s: %s: ok\n' "$1" "$2 $3"
    exit 0
  fi
  printf '%s: %s: %d to mend\n' "$1" "$2 $3" "$FAULTS"
  exit 1
}
