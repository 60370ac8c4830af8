# shellcheck shell=bash
# python.sh: Python for tests that meet Baton as strangers do. Sourced by tests/NAME/run.
#
#   prepare_python TOP BIN   makes a virtual environment under TOP/build/python with the pinned and
#                            hashed packages of requirements.txt and stubs of our protos. Sets
#                            PYTHON and exports what stack.py and world.py need: BATON_TOP,
#                            BATON_BIN (the folder of the built programs) and PYTHONPATH.

prepare_python() {
  local top=$1 bin=$2 here=$1/tests/support/py build=$1/build/python program stamp
  for program in baton batonctl; do
    [[ -x $bin/$program ]] || {
      echo "error: $bin/$program is missing; run deploy/local/build first" >&2; return 1; }
  done
  stamp=$build/venv/$(sha256sum "$here/requirements.txt" | cut -c1-16).ready
  if [[ ! -f $stamp ]]; then
    rm -rf "$build/venv"
    python3 -m venv "$build/venv"
    "$build/venv/bin/pip" install -q --disable-pip-version-check --require-hashes \
      -r "$here/requirements.txt" || {
      echo 'error: pip could not install requirements.txt; is the package index reachable?' >&2
      return 1; }
    touch "$stamp"
  fi
  PYTHON=$build/venv/bin/python
  mkdir -p "$build/stubs"
  (cd "$top/proto" && "$PYTHON" -m grpc_tools.protoc -I. --python_out="$build/stubs" \
    --grpc_python_out="$build/stubs" baton/v1/*.proto baton/events/v1/*.proto)
  export BATON_TOP=$top BATON_BIN=$bin PYTHONPATH=$build/stubs:$here PYTHONDONTWRITEBYTECODE=1
}
