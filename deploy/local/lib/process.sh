# shellcheck shell=bash
# process.sh: processes that outlive the script, and free ports.
#
# A process is known by a folder of its own, PDIR: PDIR/pid holds its pid and its start time (so a
# pid that the system gave to another process is never signalled) and PDIR/log its output.
#
#   start_process PDIR CMD [ARG...]     starts CMD in a session of its own, standard input closed;
#                                       returns when the pid is recorded. The log is begun anew, the
#                                       one before is kept as PDIR/log.1.
#   process_alive PDIR                  true while that very process runs.
#   process_pid PDIR                    prints its pid; fails when it does not run.
#   signal_process PDIR SIGNAL          e.g. STOP, CONT; fails when it does not run.
#   stop_process PDIR [SECONDS=10]      SIGTERM, then after SECONDS SIGKILL; true when it is gone.
#   kill_process PDIR                   SIGKILL and wait: a crash, with all data left as it is.
#   await_record PDIR                   for a start that was cut short: until the pid is recorded, a
#                                       second at most. Then one of the above ends it.
#   wait_ready PDIR SECONDS CMD [ARG]   runs CMD until it succeeds; fails at the deadline, or at
#                                       once when the process has ended, and says why.
#
#   free_port DIR                       prints a free loopback port and reserves it for DIR, so
#                                       that scripts running at the same time get other ones. The
#                                       reservation ends with release_ports or when DIR is removed.
#                                       Fails, and says why, when there is none; called in $( ), so
#                                       assign it first and look at the outcome.
#   release_ports DIR                   gives back all ports of DIR.
#   port_open PORT                      true when something accepts connections on the port.

# Below the range from which the kernel takes ports for outgoing connections.
PORT_FIRST=20000
PORT_COUNT=12000

# Prints "STATE THREADS STARTTIME" of process $1 (fields 3, 20 and 22 of its stat file).
_process_stat() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086 # the fields are meant to be split
  set -- $stat
  printf '%s %s %s\n' "$1" "${18}" "${20}"
}

start_process() {
  local pdir=$1 recorder
  shift
  mkdir -p "$pdir"
  [[ ! -e $pdir/log ]] || mv -f "$pdir/log" "$pdir/log.1"
  rm -f "$pdir/pid"
  # What is not on record does not run: nobody would end it.
  # shellcheck disable=SC2016 # expanded by the shell that becomes CMD
  recorder='read -r stat <"/proc/$$/stat"; set -- "$$" "${stat##*) }" "$@"
    read -r -a field <<<"$2"
    printf "%s %s\n" "$1" "${field[19]}" >"$0.new" && mv "$0.new" "$0" || exit
    shift 2; exec "$@"'
  setsid --fork bash -c "$recorder" "$pdir/pid" "$@" </dev/null >"$pdir/log" 2>&1 9>&- ||
    return 1
  local tries=0
  until [[ -e $pdir/pid ]]; do
    ((tries++ < 500)) || { note "error: $1 did not start; log: $pdir/log"; return 1; }
    sleep 0.01
  done
}

await_record() {
  local tries
  for tries in {1..50}; do [[ ! -e $1/pid ]] || break; sleep 0.02; done
}

process_pid() {
  local pid started state threads now
  { read -r pid started <"$1/pid"; } 2>/dev/null || return 1
  read -r state threads now < <(_process_stat "$pid") || return 1
  [[ $now == "$started" && $state != X ]] || return 1
  # A killed process is a zombie before its last thread is gone; until then it holds its ports.
  [[ $state != Z ]] || ((threads > 1)) || return 1
  printf '%s\n' "$pid"
}

process_alive() { process_pid "$1" >/dev/null; }

signal_process() {
  local pid
  pid=$(process_pid "$1") || return 1
  kill -s "$2" "$pid" 2>/dev/null
}

_await_end() {
  local pdir=$1 deadline=$(($(now_micros) + $2 * 1000000))
  while process_alive "$pdir"; do
    (($(now_micros) < deadline)) || return 1
    sleep 0.02
  done
}

stop_process() {
  local pdir=$1 seconds=${2:-10}
  if process_alive "$pdir"; then
    signal_process "$pdir" TERM || true
    signal_process "$pdir" CONT || true
    _await_end "$pdir" "$seconds" || kill_process "$pdir" || return 1
  fi
  rm -f "$pdir/pid"
}

kill_process() {
  signal_process "$1" KILL || true
  _await_end "$1" 10
}

wait_ready() {
  local pdir=$1 seconds=$2 deadline
  shift 2
  deadline=$(($(now_micros) + seconds * 1000000))
  until "$@" >/dev/null 2>&1; do
    if ! process_alive "$pdir"; then
      echo "error: ${pdir##*/} ended while starting: $(_likely_reason "$pdir/log")" \
        "(its log: $pdir/log)"
      return 1
    elif (($(now_micros) >= deadline)); then
      echo "error: ${pdir##*/} was not ready after $seconds s (its log: $pdir/log)"
      return 1
    fi
    sleep 0.05
  done
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

_reservations() {
  local folder=${TMPDIR:-/tmp}/baton-local-ports-$UID
  mkdir -p -m 700 "$folder" && [[ -O $folder ]] || die "$folder must be a folder of yours"
  printf '%s\n' "$folder"
}

free_port() {
  local dir=$1 folder port holder try
  folder=$(_reservations) || return 1
  for ((try = 0; try < 1000; try++)); do
    port=$((PORT_FIRST + SRANDOM % PORT_COUNT))
    if [[ -e $folder/$port ]]; then
      holder=$(<"$folder/$port")
      [[ -z $holder || -d $holder ]] || rm -f "$folder/$port"
      continue
    fi
    if ! port_open "$port" && (set -C && printf '%s\n' "$dir" >"$folder/$port") 2>/dev/null; then
      printf '%s\n' "$port"
      return 0
    fi
  done
  die "no free port between $PORT_FIRST and $((PORT_FIRST + PORT_COUNT)) on this machine"
}

release_ports() {
  local folder file
  folder=$(_reservations) || return 1
  for file in "$folder"/*; do
    [[ ! -f $file || $(<"$file") != "$1" ]] || rm -f "$file"
  done
}
