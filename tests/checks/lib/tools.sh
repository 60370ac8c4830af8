# shellcheck shell=bash
# tools.sh: tools of the slow checks, pinned by hash and kept in build/local/cache.
# Sourced after check.sh. Each function is idempotent and fails after recording a fault.
#
#   node_packages NAME [FOLDER]   what FOLDER/package-lock.json names (tests/checks/slow/NAME by
#                  default), in build/local/cache/NAME/node_modules.
#   tools_venv     Go, Node.js, npm and cel-cpp for Python, of tests/checks/slow/tools.requirements;
#                  sets TOOLS to the folder of their programs.

TOOLS_VENV=$PWD/build/local/cache/tools
TOOLS=$TOOLS_VENV/bin

tools_venv() {
  local wanted problem
  wanted=$(sha256sum <tests/checks/slow/tools.requirements)
  [[ $(cat "$TOOLS_VENV/made-from" 2>/dev/null) != "$wanted" ]] || return 0
  rm -rf "$TOOLS_VENV"
  mkdir -p "${TOOLS_VENV%/*}"
  problem=$(python3 -m venv "$TOOLS_VENV" 2>&1 && "$TOOLS/pip" install --quiet \
    --disable-pip-version-check --only-binary :all: --require-hashes \
    --requirement tests/checks/slow/tools.requirements 2>&1) || {
    fault 'Go and Node.js' "could not be installed: $(tail -n 1 <<<"$problem")" \
      'Run deploy/local/setup --tests and check the network.'
    return 1
  }
  printf '%s\n' "$wanted" >"$TOOLS_VENV/made-from"
}

node_packages() {
  local pinned=${2:-tests/checks/slow/$1} node=build/local/cache/$1 problem
  tools_venv || return 1
  ! cmp -s "$pinned/package-lock.json" "$node/package-lock.json" || return 0
  rm -rf "$node"
  mkdir -p "$node"
  cp "$pinned/package.json" "$node/"
  cp "$pinned/package-lock.json" "$node/lock.new"
  problem=$(cd "$node" && cp lock.new package-lock.json && PATH=$TOOLS:$PATH \
    npm ci --no-fund --no-audit --loglevel=error 2>&1) || {
    rm -f "$node/package-lock.json"
    fault "$1" "could not be installed: $(tail -n 1 <<<"$problem")" 'Check the network.'
    return 1
  }
}
