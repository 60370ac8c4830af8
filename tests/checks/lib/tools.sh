# shellcheck shell=bash
# tools.sh: tools of the slow checks, pinned by hash and kept in build/local/cache.
# Sourced from the top of the checkout, by a check after check.sh. Each function is idempotent, and
# fails after recording a fault: outside of checks it is printed to standard error. What was cut off
# is made again, and callers at the same time make it once.
#
#   node_packages NAME [FOLDER]   what FOLDER/package-lock.json names (tests/checks/slow/NAME by
#                  default), in build/local/cache/NAME/node_modules.
#   tools_venv     Go, Node.js, npm and cel-cpp for Python, of tests/checks/slow/tools.requirements;
#                  sets TOOLS to the folder of their programs.
#   go_tools FOLDER   builds the tools of FOLDER/go.mod, as go.sum pins them; sets GO_TOOLS to the
#                  folder of their programs, in the user's cache, by what they were built from.
#   go_module FOLDER MODULE   prints where the files of a module of FOLDER/go.mod are.

TOOLS_VENV=$PWD/build/local/cache/tools
TOOLS=$TOOLS_VENV/bin
GO_TIMEOUT_S=1200  # a download that stands still has no other end

declare -F fault >/dev/null || fault() { printf 'error: %s: %s. %s\n' "$@" >&2; }

tools_venv() {
  local wanted
  wanted=$(sha256sum <tests/checks/slow/tools.requirements)
  [[ $(cat "$TOOLS_VENV/made-from" 2>/dev/null) != "$wanted" ]] || return 0
  mkdir -p "${TOOLS_VENV%/*}"
  # In this shell, where a fault is recorded.
  { flock 6 && _make_tools_venv "$wanted"; } 6>"$TOOLS_VENV.lock"
}

# _make_tools_venv WANTED
_make_tools_venv() {
  local problem
  [[ $(cat "$TOOLS_VENV/made-from" 2>/dev/null) != "$1" ]] || return 0
  rm -rf "$TOOLS_VENV"
  problem=$(python3 -m venv "$TOOLS_VENV" 2>&1 && "$TOOLS/pip" install --quiet \
    --disable-pip-version-check --only-binary :all: --require-hashes \
    --requirement tests/checks/slow/tools.requirements 2>&1) || {
    fault 'Go and Node.js' "could not be installed: $(tail -n 1 <<<"$problem")" \
      'Run deploy/local/setup --tests and check the network.'
    return 1
  }
  printf '%s\n' "$1" >"$TOOLS_VENV/made-from"
}

node_packages() {
  local node=build/local/cache/$1
  tools_venv || return 1
  { flock 5 && _install_node_packages "$1" "${2:-tests/checks/slow/$1}" "$node"; } 5>"$node.lock"
}

# _install_node_packages NAME PINNED INTO
_install_node_packages() {
  local problem
  ! cmp -s "$2/package-lock.json" "$3/package-lock.json" || return 0
  rm -rf "$3" "$3.new"
  mkdir -p "$3.new"
  cp "$2"/package{,-lock}.json "$3.new/"
  problem=$(cd "$3.new" && PATH=$TOOLS:$PATH \
    npm ci --no-fund --no-audit --loglevel=error 2>&1) || {
    fault "$1" "could not be installed: $(tail -n 1 <<<"$problem")" 'Check the network.'
    return 1
  }
  mv "$3.new" "$3"
}

go_tools() {
  local built_from cache
  built_from=$(cat "$1/go.mod" "$1/go.sum" | sha256sum | cut -c -16)
  cache=${XDG_CACHE_HOME:-${HOME:-build}/.cache}/baton-tools
  GO_TOOLS=$cache/$built_from
  [[ ! -d $GO_TOOLS ]] || return 0
  mkdir -p "$cache"
  { flock 7 && _build_go_tools "$1" "$GO_TOOLS"; } 7>"$cache/lock"
}

# With the Go that is pinned and no other; one processor, beside other tests.
_go() {
  (cd "$1" && GOROOT='' GOTOOLCHAIN=local GOMAXPROCS=1 GOFLAGS=-trimpath PATH=$TOOLS:$PATH \
    timeout --foreground -k 10 "$GO_TIMEOUT_S" "$TOOLS/go" "${@:2}")
}

# _build_go_tools FOLDER INTO
_build_go_tools() {
  local problem
  [[ ! -d $2 ]] || return 0
  tools_venv || return 1
  rm -rf "$2.new"
  mkdir -p "$2.new"
  problem=$(_go "$1" build -p 1 -ldflags='-s -w' -o "$2.new/" tool 2>&1) || {
    problem=${problem:-no answer in $GO_TIMEOUT_S s}
    fault "$1" "could not be built: $(tail -n 1 <<<"$problem")" 'Check the network.'
    return 1; }
  mv "$2.new" "$2"
}

go_module() {
  tools_venv || return 1
  _go "$1" mod download -json "$2" | sed -nE 's/^.*"Dir": "(.*)",?$/\1/p'
}
