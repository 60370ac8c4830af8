# shellcheck shell=bash
# tools.sh: what tests/helm/run works with. Sourced from the top of the checkout.
#
#   helm_python   sets PYTHON, in a virtual environment under build/ with what requirements.txt pins
#   helm_tools    sets HELM and HELM_UNITTEST, built from tools/go.mod and kept in the user's cache
#                 by what they were built from
#   helm_promtool sets PROMTOOL, of the distribution's package, which is unpacked, not installed
#   helm_node     sets NODE and NODE_MODULES, with what node/package-lock.json pins

# shellcheck source=tests/checks/lib/tools.sh
source tests/checks/lib/tools.sh

# How tests/checks/lib/tools.sh says what went wrong.
fault() { printf 'error: %s: %s. %s\n' "$@" >&2; }

helm_python() {
  local wanted venv=build/helm/venv
  mkdir -p build/helm
  PYTHON=$PWD/$venv/bin/python
  export PYTHONDONTWRITEBYTECODE=1
  wanted=$(sha256sum <tests/helm/requirements.txt)
  [[ $(cat "$venv/made-from" 2>/dev/null) != "$wanted" ]] || return 0
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$PYTHON" -m pip install -q --disable-pip-version-check --only-binary :all: --require-hashes \
    -r tests/helm/requirements.txt || {
    fault 'tests/helm' 'pip could not install requirements.txt' 'Is the package index reachable?'
    return 1; }
  printf '%s\n' "$wanted" >"$venv/made-from"
}

helm_tools() {
  local built_from cache
  built_from=$(cat tests/helm/tools/go.mod tests/helm/tools/go.sum | sha256sum | cut -c -16)
  cache=${XDG_CACHE_HOME:-${HOME:-build}/.cache}/baton-tools
  HELM=$cache/$built_from/helm HELM_UNITTEST=$cache/$built_from/helm-unittest
  [[ ! -x $HELM || ! -x $HELM_UNITTEST ]] || return 0
  mkdir -p "$cache"
  # Two checkouts build it once; a build that was cut off leaves nothing behind.
  (flock 7 && _build_tools "$cache/$built_from") 7>"$cache/lock"
}

# _build_tools FOLDER: quietly beside other tests, with one processor and low priority.
_build_tools() {
  local problem
  [[ ! -x $1/helm ]] || return 0
  tools_venv || return 1
  rm -rf "$1.new"
  mkdir -p "$1.new"
  problem=$(cd tests/helm/tools && GOROOT='' GOTOOLCHAIN=local GOMAXPROCS=1 GOFLAGS=-trimpath \
    PATH=$TOOLS:$PATH nice "$TOOLS/go" build -p 1 -ldflags='-s -w' -o "$1.new/" tool 2>&1) || {
    fault 'helm' "could not be built: $(tail -n 1 <<<"$problem")" 'Check the network.'
    return 1; }
  mv "$1.new" "$1"
}

helm_promtool() {
  local folder=build/helm/promtool as_root=() problem
  PROMTOOL=$PWD/$folder/usr/bin/promtool
  [[ ! -x $PROMTOOL ]] || return 0
  rm -rf "$folder"
  mkdir -p "$folder"
  ((EUID == 0)) || as_root=(sudo)
  problem=$(cd "$folder" && { _download_promtool ||
    { "${as_root[@]}" apt-get update -q && _download_promtool; }; } 2>&1 &&
    dpkg -x ./*.deb . 2>&1) && [[ -x $PROMTOOL ]] || {
    fault 'promtool' "could not be fetched: $(tail -n 1 <<<"$problem")" 'Check the network.'
    return 1; }
  rm -f "$folder"/*.deb "$folder/usr/bin/prometheus"
}

# Up to Debian 12 it is in the server's package.
_download_promtool() {
  apt-get download -q promtool || apt-get download -q prometheus
}

helm_node() {
  node_packages deploy tests/helm/node || return 1
  NODE=$TOOLS/node NODE_MODULES=$PWD/build/local/cache/deploy/node_modules
}
