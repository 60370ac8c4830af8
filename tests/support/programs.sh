# shellcheck shell=bash
# programs.sh: the built programs that are tested. Sourced by tests/NAME/run and py/python.sh.
#
#   bin_folder DIR         prints DIR, the value of --bin, from the root; fails, and says so, when
#                          it is no folder.
#   require_programs BIN   fails, and says which, when BIN lacks one.

bin_folder() {
  (cd "${1:?}" && pwd) 2>/dev/null || {
    echo "error: --bin needs a folder, not '$1'" >&2; return 1; }
}

require_programs() {
  local program
  for program in baton batonctl; do
    [[ -x $1/$program ]] || {
      echo "error: $1/$program is missing; run deploy/local/build first" >&2; return 1; }
  done
}
