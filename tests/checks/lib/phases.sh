# shellcheck shell=bash
# phases.sh: the phases of tests/run and their account. Sourced by tests/run alone, which provides
# ROOT, RUN_DIR, LABELS, FILTER, ALL, KEEP, servers() and deploy/local/lib.
#
#   phase NAME CMD...              runs a step that is no test: only its failure is counted
#   run_checks NAME FOLDER         each executable of FOLDER (not of folders inside it)
#   run_labels PRESET              the ctest tests by label; with --all the folders beside them
#   run_ctest PRESET NAME ARGS...  one run of ctest
#   has_tests PRESET ARGS...       true if ctest would run any
#   start_folders PRESET LANE...   in the background: lanes of tests/NAME/run, NAME or NAME,NAME, at
#                                  once; those of a lane one after the other
#   await_folders                  until all are over: their output and account
#   count NAME PASSED [FAILURE...] adds to the account
#   summary                        prints it; fails when anything failed or nothing passed
#   mark_descendants, report_leftovers   processes that this run left behind
#   end_leftovers                  ends them and the lanes; with --keep not the servers of RUN_DIR

TOTAL_PASSED=0
TOTAL_FAILED=0
SUMMARY=()
FAILURES=()
TEST_TIMEOUT_S=600
CHECK_TIMEOUT_S=600
FOLDER_TIMEOUT_S=2700
KILL_AFTER_S=60  # what does not end when its time is over
FOLDERS=()
HIDING=()  # before ctest, where the addresses of servers must not be seen: options of env
declare -A FOLDER_PIDS=()

count() {
  local name=$1 passed=$2
  shift 2
  TOTAL_PASSED=$((TOTAL_PASSED + passed))
  TOTAL_FAILED=$((TOTAL_FAILED + $#))
  local failure
  for failure in "$@"; do FAILURES+=("$name: $failure"); done
}

# _account NAME STARTED PASSED FAILED: the line of a phase in the summary.
_account() { _line "$1" "$3" "$4" "$(seconds_since "$2")"; }
_line() { SUMMARY+=("$(printf '%-24s %6d passed %4d failed %8s s' "$@")"); }

phase() {
  local name=$1 started failed=0
  shift
  started=$(now_micros)
  attend "$@" || { failed=1; count "$name" 0 'failed (see above)'; }
  _account "$name" "$started" 0 "$failed"
  return "$failed"
}

_matches() { [[ -z $FILTER || $1 =~ $FILTER ]]; }

run_checks() {
  local phase=$1 folder=$2 check started name log passed=0 failed=0
  started=$(now_micros)
  mkdir -p "$LOG_DIR"
  for check in "$folder"/*; do
    name=${check##*/} log=$LOG_DIR/check-${check##*/}.log
    [[ -f $check && -x $check ]] && _matches "$name" || continue
    if attend _check "$check" "$log"; then
      passed=$((passed + 1))
      count "check $name" 1
      printf 'ok    %s\n' "$(tail -n 1 "$log")"
    else
      failed=$((failed + 1))
      count "check $name" 0 "$(tail -n 1 "$log")"
      head -n 40 "$log"
      printf 'FAIL  %s (log: %s)\n' "$name" "${log#"$ROOT"/}"
    fi
  done
  _account "$phase" "$started" "$passed" "$failed"
}

_check() {
  exec timeout -k "$KILL_AFTER_S" "$CHECK_TIMEOUT_S" "$1" >"$2" 2>&1
}

# In a subshell, which it becomes; with Ctrl-C as tests of it expect it.
_ctest() {
  local preset=$1
  shift
  # ThreadSanitizer of older compilers can't live with a widely randomised address space.
  local -a fixed=()
  if [[ $preset == tsan ]] && setarch -R true 2>/dev/null; then fixed=(setarch -R); fi
  exec env --default-signal=INT "${HIDING[@]}" "${fixed[@]}" ctest \
    --test-dir "$ROOT/build/$preset" ${FILTER:+-R "$FILTER"} "$@" 8>&-
}

has_tests() {
  local preset=$1
  shift
  ! _ctest "$preset" -N "$@" 2>/dev/null | grep -qE '^Total Tests: 0$'
}

run_ctest() {
  local preset=$1 name=$2 report started counted
  shift 2
  has_tests "$preset" "$@" || return 0
  report=$RUN_DIR/$preset-$name.xml
  started=$(now_micros)
  rm -f "$report"
  printf '\n--- %s tests, %s build\n' "$name" "$preset"
  attend _ctest "$preset" "$@" -j2 --timeout "$TEST_TIMEOUT_S" --output-on-failure \
    --test-output-size-passed 10000000 --test-output-size-failed 10000000 \
    --output-junit "$report" || true
  name="$preset $name"
  local -a failures=()
  if counted=$(python3 "$ROOT/tests/checks/lib/count_ctest.py" "$report" 2>&1); then
    mapfile -t -s 1 failures <<<"$counted"
    counted=${counted%% *}
  else
    counted=0 failures=('ctest wrote no readable report')
  fi
  count "$name" "$counted" "${failures[@]}"
  _account "$name" "$started" "$counted" "${#failures[@]}"
}

run_labels() {
  local preset=$1 label known
  for label in "${LABELS[@]}"; do
    # With --all, not beside the unit tests.
    [[ $label != contract || -z $ALL ]] || start_folders "$preset" $(folders_beside)
    has_tests "$preset" -L "^$label\$" || continue
    HIDING=()
    case $label in
      unit) HIDING=(-u BATON_REDIS_URL -u BATON_KAFKA_BROKERS) ;;
      contract) ;;
      *) servers || continue ;;
    esac
    # A second label ("sanitize") must not make a test run twice.
    run_ctest "$preset" "$label" -L "^$label\$"
  done
  HIDING=()
  known=$(IFS='|' && printf '%s' "${LABELS[*]}")
  run_ctest "$preset" other -LE "^($known)\$"
  [[ -n $FILTER ]] || has_tests "$preset" || count "$preset" 0 'the build has no test'
}

start_folders() {
  local preset=$1 lane name
  local -a names
  shift
  mkdir -p "$LOG_DIR"
  for lane in "$@"; do
    names=()
    for name in ${lane//,/ }; do
      _matches "$name" || continue
      rm -f "$LOG_DIR/folder-$name.log" "$LOG_DIR/folder-$name.log.over"
      names+=("$name")
    done
    ((${#names[@]} > 0)) || continue
    servers || return 0
    _run_lane "$preset" "${names[@]}" 8>&- &
    for name in "${names[@]}"; do FOLDER_PIDS[$name]=$!; done
    FOLDERS+=("${names[@]}")
    note "at work now: $(printf ' then tests/%s' "${names[@]}" | cut -c 7-)"
  done
}

_run_lane() {
  local preset=$1 name
  shift
  for name in "$@"; do _run_folder "$ROOT/tests/$name/run" "$name" "$preset"; done
}

# Leaves the output in the log, and beside it "CODE SECONDS" when it is over.
_run_folder() {
  local log=$LOG_DIR/folder-$2.log started code=0
  started=$(now_micros)
  timeout -k "$KILL_AFTER_S" "$FOLDER_TIMEOUT_S" "$1" --bin "$ROOT/build/$3/bin" >"$log" 2>&1 \
    </dev/null || code=$?
  printf '%s %s\n' "$code" "$(seconds_since "$started")" >"$log.ending"
  mv "$log.ending" "$log.over"
}

await_folders() {
  local name log code seconds passed failed told=0
  for name in "${FOLDERS[@]}"; do
    log=$LOG_DIR/folder-$name.log
    until [[ -f $log.over ]]; do
      kill -0 "${FOLDER_PIDS[$name]}" 2>/dev/null || [[ -f $log.over ]] ||
        printf '137 0\n' >"$log.over"
      sleep 1
      ((++told % 15)) || note "tests/$name: $(tail -n 1 "$log" 2>/dev/null | cut -c -90)"
    done
    read -r code seconds <"$log.over"
    printf '\n--- tests/%s\n' "$name"
    if ((code == 0)); then tail -n 25 "$log"; else tail -n 200 "$log"; fi
    read -r passed failed < <(_read_counts "$log" "$code")
    local -a failures=()
    ((failed == 0)) || mapfile -t failures < <(_read_failures "$log" "$code" "$failed")
    count "tests/$name" "$passed" "${failures[@]}"
    _line "tests/$name" "$passed" "$failed" "$seconds"
  done
  FOLDERS=()
}

# _read_counts LOG CODE: prints "PASSED FAILED" of a tests/NAME/run.
_read_counts() {
  local said number what passed=0 failed=0
  said=$(grep -aE '^[0-9]+ passed, [0-9]+ failed$' "$1" | tail -n 1 || true)
  [[ -n $said ]] ||
    said=$(grep -aE '^[0-9]+ (passed|failed|errors?|skipped).* in [0-9.]+s' "$1" || true)
  while read -r number what; do
    case $what in
      passed) passed=$((passed + number)) ;;
      *) failed=$((failed + number)) ;;
    esac
  done < <(grep -oE '[0-9]+ (passed|failed|errors?|skipped|xfailed|xpassed|deselected)' <<<"$said")
  [[ -n $said ]] || (($2 != 0)) || passed=1
  (($2 == 0 || failed > 0)) || failed=1
  printf '%d %d\n' "$passed" "$failed"
}

# _read_failures LOG CODE FAILED: prints a line for each failure, as far as the log names them, with
# the first two of the indented sentences below it that say what was wrong. An experiment that was
# inconclusive and then went well is none.
_read_failures() {
  local unnamed="exit code $2, see ${1#"$ROOT"/}"
  { awk '
      /^(F[0-9]+ +(violated|inconclusive)|FAILED |ERROR |Fatal Python error)/ {
        lines[++last] = $0; experiment[last] = $1; sentences = 0; below = 1; next }
      /^F[0-9]+ +ok/ { for (i in lines) if (experiment[i] == $1) delete lines[i] }
      below && /^       [^ ]/ && sentences < 2 {
        sub(/^ +/, ""); lines[last] = lines[last] "; " $0; sentences++; next }
      !/^       / { below = 0 }
      END { for (i = 1; i <= last; i++) if (i in lines) print lines[i] }' "$1" | cut -c -500
    yes "$unnamed"; } 2>/dev/null | head -n "$3" || true
}

summary() {
  local failure
  if ((TOTAL_PASSED + TOTAL_FAILED == 0)); then
    count 'tests/run' 0 'ran nothing at all'
  fi
  printf '\n'
  printf '%s\n' "${SUMMARY[@]}"
  for failure in "${FAILURES[@]}"; do printf 'FAILED %s\n' "$failure"; done
  printf '%d passed, %d failed\n' "$TOTAL_PASSED" "$TOTAL_FAILED"
  ((TOTAL_FAILED == 0))
}

# Every process that is started from here on carries this mark in its environment, so that what this
# run leaves behind can be told from everything else on the machine.
mark_descendants() {
  export TESTS_RUN_MARK="$$-$EPOCHREALTIME"
}

# Prints "PID COMMAND" of each living process with the mark. The shell itself and its subshells show
# the environment from before the mark; use it without a pipe, whose other end would have the mark.
_leftovers() {
  local file pid
  for file in /proc/[0-9]*/environ; do
    pid=${file#/proc/} pid=${pid%/environ}
    { grep -qazxF "TESTS_RUN_MARK=$TESTS_RUN_MARK" "$file" && printf '%s %s\n' "$pid" \
      "$(tr '\0' ' ' <"/proc/$pid/cmdline" | cut -c -120)"; } 2>/dev/null || true
  done
}

report_leftovers() {
  local line started
  local -a left=()
  started=$(now_micros)
  mapfile -t left < <(_leftovers)
  # A process may be ending just now.
  if ((${#left[@]} > 0)); then
    sleep 2
    mapfile -t left < <(_leftovers)
  fi
  for line in "${left[@]}"; do count 'leftovers' 0 "still runs: $line"; done
  ((${#left[@]} == 0)) || _account leftovers "$started" 0 "${#left[@]}"
}

# Prints the pids of the servers that --keep leaves running.
_kept_servers() {
  local server
  for server in redis kafka; do
    [[ -z $KEEP ]] || process_pid "$RUN_DIR/servers/$server" || true
  done
}

# A lane would begin its next folder. What is ended may have started another meanwhile, so it looks
# again until it finds none.
end_leftovers() {
  local name tries kept line
  local -a left=() ending=()
  [[ -n ${TESTS_RUN_MARK:-} ]] || return 0
  for name in "${FOLDERS[@]}"; do
    { kill -KILL "${FOLDER_PIDS[$name]}" && wait "${FOLDER_PIDS[$name]}"; } 2>/dev/null || true
  done
  kept=$(_kept_servers)
  for tries in {1..20}; do
    mapfile -t left < <(_leftovers)
    ending=()
    for line in "${left[@]%% *}"; do
      grep -qxF "$line" <<<"$kept" || ending+=("$line")
    done
    ((${#ending[@]} > 0)) || return 0
    kill -KILL "${ending[@]}" 2>/dev/null || true
    sleep 0.1
  done
}
