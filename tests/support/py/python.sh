# shellcheck shell=bash
# python.sh: Python for tests that meet Baton as strangers do. Sourced by tests/NAME/run.
#
#   prepare_python TOP [BIN] makes a virtual environment under TOP/build/python with the pinned and
#                            hashed packages of requirements.txt and stubs of our protos. Sets
#                            PYTHON and exports what stack.py and world.py need: BATON_TOP,
#                            BATON_BIN (the folder of the built programs; needed by what runs
#                            them), PYTHONPATH and plugins.

# shellcheck source=tests/support/programs.sh
source "${BASH_SOURCE[0]%/*}/../programs.sh"

prepare_python() {
  local top=$1 bin=${2:-} build=$1/build/python
  [[ -z $bin ]] || require_programs "$bin" || return 1
  mkdir -p "$build"
  # Suites that begin at the same time make it once.
  (flock 7 && _make_python "$top" "$build") 7>"$build/lock" || return 1
  PYTHON=$build/venv/bin/python
  export BATON_TOP=$top BATON_BIN=$bin PYTHONPATH=$build/stubs:$top/tests/support/py
  export PYTHONDONTWRITEBYTECODE=1 PYTEST_PLUGINS=rpc_errors,orderly_end
}

# _make_python TOP BUILD: what is missing of the environment and of the stubs, or out of date.
_make_python() {
  local requirements=$1/tests/support/py/requirements.txt venv=$2/venv stubs=$2/stubs wanted
  wanted=$(sha256sum <"$requirements")
  if [[ $(cat "$venv/made-from" 2>/dev/null) != "$wanted" ]]; then
    rm -rf "$venv" "$stubs"
    python3 -m venv "$venv" || {
      echo 'error: no virtual environment of Python; run deploy/local/setup --tests first' >&2
      return 1; }
    "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$requirements" || {
      echo 'error: pip could not install requirements.txt; is the package index reachable?' >&2
      return 1; }
    printf '%s\n' "$wanted" >"$venv/made-from"
  fi
  wanted=$(cat "$1"/proto/baton/v1/*.proto "$1"/proto/baton/events/v1/*.proto | sha256sum)
  if [[ $(cat "$stubs/made-from" 2>/dev/null) != "$wanted" ]]; then
    rm -rf "$stubs"
    mkdir -p "$stubs"
    (cd "$1/proto" && "$venv/bin/python" -m grpc_tools.protoc -I. --python_out="$stubs" \
      --grpc_python_out="$stubs" baton/v1/*.proto baton/events/v1/*.proto) || return 1
    printf '%s\n' "$wanted" >"$stubs/made-from"
  fi
}
