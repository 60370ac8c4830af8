# shellcheck shell=bash
# output.sh: what a person sees. Everything here goes to standard error.
#
#   note TEXT...            one plain line.
#   die TEXT...             one "error:" line, then exit 1.
#   step NAME CMD [ARG...]  runs CMD (a program or a function) with its output in a log file while
#                           it shows NAME and the time: a live line on a terminal; elsewhere a line
#                           at the start, one at the end and a heartbeat every 15 s. A "[12/340]"
#                           at the start of a log line (ninja's) is shown with it.
#                           Returns CMD's exit code; when that is not 0 it has printed ONE line:
#                           what failed, the likely reason, what to do, and where the log is.
#                           Set STEP_HINT to say what to do. The log is $LOG_DIR/<name>.log.
#   attend CMD [ARG...]     runs CMD (a program or a function) and returns its exit code. It has the
#                           output of this script, nothing to read, and not descriptor 8, by which a
#                           script is the only one of its kind.
#   exit_on_signals         INT, TERM and HUP end this script (exit code 130 or 143) by way of its
#                           EXIT trap, as soon as the command in the foreground is over.
#   step_log NAME           prints the path of that log.
#   seconds_since MICROS    prints "1.2" for the time since now_micros gave MICROS.
#
# A function given to step or attend runs in a subshell: it can change no variable of the caller,
# and must pass failures on by itself (`|| return 1`), because a caller may test the result.
# INT, TERM and HUP end CMD first, a step's with all that it started, and then this script (exit
# code 130 or 143). Bash alone would end without CMD, or go on after one that took note of Ctrl-C.
# NO_COLOR and TERM=dumb are respected.

STEP_HINT=
STEP_HEARTBEAT_S=15

if [[ -t 2 && ${TERM:-dumb} != dumb ]]; then
  _live=1
else
  _live=
fi
if [[ -n $_live && -z ${NO_COLOR:-} ]]; then
  _red=$'\e[31m' _green=$'\e[32m' _dim=$'\e[2m' _plain=$'\e[0m'
else
  _red='' _green='' _dim='' _plain=''
fi

note() { printf '%s\n' "$*" >&2; }

die() {
  printf '%serror:%s %s\n' "$_red" "$_plain" "$*" >&2
  exit 1
}

now_micros() { printf '%s\n' "${EPOCHREALTIME/[.,]/}"; }

seconds_since() {
  local tenths=$((($(now_micros) - $1) / 100000))
  printf '%d.%d\n' $((tenths / 10)) $((tenths % 10))
}

step_log() {
  local slug=${1,,}
  slug=${slug//[^a-z0-9]/-}
  printf '%s/%s.log\n' "$LOG_DIR" "$slug"
}

step() {
  local name=$1 log started before attended='' code=0
  shift
  log=$(step_log "$name")
  mkdir -p "$LOG_DIR"
  started=$(now_micros)
  [[ -n $_live ]] || printf '==> %s\n' "$name" >&2
  before=$(trap -p INT TERM HUP)
  _abort_on_signals
  # A process group of its own, so that an interrupt can end CMD with all it started.
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  attended=-$!
  set +m
  _step_watch "${attended#-}" "$name" "$log" "$started"
  wait "${attended#-}" 2>/dev/null || code=$?
  _signals_as_before "$before"
  _clear_live
  if ((code == 0)); then
    printf '%sok%s  %s %s(%s s)%s\n' "$_green" "$_plain" "$name" \
      "$_dim" "$(seconds_since "$started")" "$_plain" >&2
  else
    _step_failed "$name" "$log" "$started"
  fi
  return "$code"
}

attend() {
  local before attended='' code=0
  before=$(trap -p INT TERM HUP)
  _abort_on_signals
  "$@" 8>&- &
  attended=$!
  wait "$attended" || code=$?
  _signals_as_before "$before"
  return "$code"
}

exit_on_signals() {
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

_abort_on_signals() {
  trap '_abort 130' INT
  trap '_abort 143' TERM HUP
}

# $1 is what `trap -p` printed.
_signals_as_before() {
  trap - INT TERM HUP
  eval "$1"
}

# Ends `attended` of step (a group, with a minus) or of attend (a process), then this script with
# code $1. Another Ctrl-C does not keep it from that.
_abort() {
  trap '' INT TERM HUP
  kill -TERM -- "$attended" 2>/dev/null || true
  [[ $attended != -* ]] || _say_what_takes_long
  wait "${attended#-}" 2>/dev/null || true
  [[ $attended != -* ]] || { _clear_live; note 'interrupted'; }
  exit "$1"
}

_say_what_takes_long() {
  local tries
  for tries in {1..20}; do
    kill -0 "${attended#-}" 2>/dev/null || return 0
    sleep 0.1
  done
  _clear_live
  note "$name must not be cut short; waiting for its end"
}

_clear_live() { [[ -z $_live ]] || printf '\r\e[K' >&2; }

# Shows progress until process $1 ends.
_step_watch() {
  local pid=$1 name=$2 log=$3 started=$4 beat=$STEP_HEARTBEAT_S elapsed frame=0
  local frames='|/-\' pause=0.05
  while kill -0 "$pid" 2>/dev/null; do
    elapsed=$((($(now_micros) - started) / 1000000))
    if [[ -n $_live ]]; then
      printf '\r\e[K%s %s %s%d s %s%s' "${frames:frame++ % 4:1}" "$name" \
        "$_dim" "$elapsed" "$(_step_progress "$log")" "$_plain" >&2
    elif ((elapsed >= beat)); then
      printf '    %s: %d s %s\n' "$name" "$elapsed" "$(_step_progress "$log")" >&2
      beat=$((elapsed + STEP_HEARTBEAT_S))
    fi
    sleep "$pause"
    ((elapsed < 1)) || pause=0.2
  done
}

_step_progress() {
  tail -c 4000 "$1" 2>/dev/null | tr '\r' '\n' | grep -aoE '^\[[0-9]+/[0-9]+\]' | tail -n 1 || true
}

_step_failed() {
  local reason hint=${STEP_HINT:-}
  reason=$(_likely_reason "$2")
  if grep -qaiE "$_unreachable" <<<"$reason"; then
    hint='Check the network and the proxy settings, then run the same command again.'
  elif _disk_full "$2"; then
    hint='Make room on the disk, then run the same command again.'
  fi
  printf '%serror:%s %s failed after %s s: %s. %s Log: %s\n' "$_red" "$_plain" "$1" \
    "$(seconds_since "$3")" "${reason:-it gave no output}" "${hint:-See the log.}" \
    "${2#"$PWD"/}" >&2
}

# Where log $1 is, or where its program wrote. A log on a full disk may be empty.
_disk_full() {
  grep -qai 'no space left on device' "$1" ||
    (($(df --output=avail "$1" 2>/dev/null | tail -n 1) < 1024))
}

_unreachable='could not resolve|temporary failure|unreachable|connection (refused|timed out)|'
_unreachable+='failed to fetch|unknown host|could not transfer|could not connect|read timed out'

# Prints the first line of log $1 that looks like an error, else the last line that says anything.
_likely_reason() {
  local plain line strong
  plain=$(sed -e 's/\x1b\[[0-9;]*[A-Za-z]//g' "$1" 2>/dev/null) || return 0
  strong='(^|: )(fatal )?error: |^E: |^CMake Error|^\[ERROR\] +[[:alnum:]]|^ERROR|FATAL'
  strong+='|undefined reference'
  line=$(grep -aE -m 1 -A 2 "$strong" <<<"$plain" || true)
  # CMake says what is wrong in the lines that follow.
  [[ $line == 'CMake Error at '* ]] || line=${line%%$'\n'*}
  [[ -n $line ]] || line=$(grep -aE '[[:alnum:]]' <<<"$plain" | tail -n 1 || true)
  tr -s '\n ' ' ' <<<"$line" | sed -e 's/^[[:space:]]*//' -e 's/[[:space:].:]*$//' | cut -c -240
}
