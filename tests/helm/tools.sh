# shellcheck shell=bash
# tools.sh: what tests/helm/run works with. Sourced from the top of the checkout.
#
#   helm_python   sets PYTHON, in a virtual environment under build/ with what requirements.txt
#                 pins, PYTHONPATH to tests/support/py and the plugins of pytest
#   helm_tools    sets HELM and HELM_UNITTEST, built from tools/go.mod and kept in the user's cache
#                 by what they were built from
#   helm_promtool sets PROMTOOL, of the distribution's package, which is unpacked, not installed
#   helm_node     sets NODE and NODE_MODULES, with what node/package-lock.json pins

# shellcheck source=tests/checks/lib/tools.sh
source tests/checks/lib/tools.sh

helm_python() {
  local wanted venv=build/helm/venv
  mkdir -p build/helm
  PYTHON=$PWD/$venv/bin/python
  export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$PWD/tests/support/py PYTEST_PLUGINS=orderly_end
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
  go_tools tests/helm/tools || return 1
  HELM=$GO_TOOLS/helm HELM_UNITTEST=$GO_TOOLS/helm-unittest
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
