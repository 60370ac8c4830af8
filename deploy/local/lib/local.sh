# shellcheck shell=bash
# local.sh: the one file to source; it brings the whole library.
#
#   source "$(dirname "${BASH_SOURCE[0]}")/lib/local.sh"     # from a script in deploy/local
#
# Sets ROOT (the checkout), LOCAL_DIR (the default instance folder, build/local), CACHE_DIR (what
# was downloaded, kept between runs) and LOG_DIR (logs of steps; a caller may set another before or
# after). Nothing is exported, so programs that are started see no variable of the library.
# Expects bash >= 5 with `set -euo pipefail`.
#
#   output.sh    step, attend, note, die              what a person sees
#   process.sh   start_process, stop_process, ...     processes and ports
#   packages.sh  install_packages                     distribution packages
#   redis.sh     start_redis, wait_redis              one Redis
#   kafka.sh     kafka_prepare, start_kafka, ...      one Kafka broker

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
LOCAL_DIR=$ROOT/build/local
CACHE_DIR=$LOCAL_DIR/cache
LOG_DIR=${LOG_DIR:-$LOCAL_DIR/log}

# shellcheck source=deploy/local/lib/output.sh
source "$ROOT/deploy/local/lib/output.sh"
# shellcheck source=deploy/local/lib/process.sh
source "$ROOT/deploy/local/lib/process.sh"
# shellcheck source=deploy/local/lib/packages.sh
source "$ROOT/deploy/local/lib/packages.sh"
# shellcheck source=deploy/local/lib/redis.sh
source "$ROOT/deploy/local/lib/redis.sh"
# shellcheck source=deploy/local/lib/maven.sh
source "$ROOT/deploy/local/lib/maven.sh"
# shellcheck source=deploy/local/lib/kafka.sh
source "$ROOT/deploy/local/lib/kafka.sh"

# lock_setup: one script at a time installs and fetches what the checkout needs (install_packages,
# kafka_prepare). Waits for another one; the lock ends with this process or when it closes
# descriptor 9. Servers do not inherit it.
lock_setup() {
  { mkdir -p "$CACHE_DIR" && exec 9>"$LOCAL_DIR/setup.lock"; } 2>/dev/null ||
    die "cannot write in $LOCAL_DIR; if another user made it, remove it or give it to $(id -un)"
  flock -n 9 || { note 'waiting for another setup to end'; attend flock 9; }
}

# require_preset NAME: ends with an error unless CMakePresets.json has such a build.
require_preset() {
  local known
  known=$(sed -nE 's/.*\{"name": "([^"]+)", "configurePreset".*/\1/p' "$ROOT/CMakePresets.json" |
    sort -u | paste -sd ' ')
  [[ " $known " == *" $1 "* ]] || die "no preset $1; there are $known"
}

# show_help FILE: prints FILE's header comment (from its second line up to the first other line).
show_help() {
  sed -n '2,${/^#/!q;s/^# \{0,1\}//;p}' "$1"
}

# absolute_path PATH: PATH from the root, whether or not it exists yet.
absolute_path() {
  case $1 in
    /*) printf '%s\n' "${1%/}" ;;
    *) printf '%s/%s\n' "$PWD" "${1%/}" ;;
  esac
}
