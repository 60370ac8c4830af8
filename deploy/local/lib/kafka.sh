# shellcheck shell=bash
# kafka.sh: one real Apache Kafka broker (KRaft, broker and controller in one JVM).
#
#   kafka_prepare                      fetches the jars named in deploy/kafka/pom.xml with Maven,
#                                      compares each with deploy/kafka/jars.sha256 and makes a class
#                                      archive, which halves the start. Does nothing when done.
#                                      Only under lock_setup.
#   kafka_prepared                     true when kafka_prepare has nothing to do.
#   start_kafka DIR PORT CTRL_PORT     starts a broker in DIR/kafka (data, server.properties, log).
#                                      Data already there is used again, so the same DIR must keep
#                                      its CTRL_PORT. What DIR/kafka/own.properties says, if it is
#                                      there, wins over our own. The lines of DIR/kafka/own.format
#                                      are further arguments of `kafka-storage format`.
#   wait_kafka DIR PORT [SECONDS=60]   until it serves clients; prints the reason when it does not.
#
# Stop it with `stop_process DIR/kafka`, crash it with `kill_process DIR/kafka`. Topics are never
# created by being used: `batonctl topics apply --file deploy/kafka/topics.yaml` declares them.

KAFKA_HEAP_MB=256
# 1: the JVM leaves out its second compiler. A broker is ready in half the time and needs half the
# processor time until then, but more under load: for many brokers that live for a short time.
KAFKA_SHORT_LIVED=${KAFKA_SHORT_LIVED:-0}
# How long the controller keeps believing in a broker that was killed: until then the same broker is
# refused, so this is what a start after SIGKILL waits for. It must outlast a stall of the machine.
KAFKA_SESSION_MS=2000

_kafka_jars() { printf '%s\n' "$CACHE_DIR/kafka-jars"; }

# The archive belongs to one JVM and one list of jars; another JVM gets its own.
_kafka_archive() {
  local java key
  java=$(readlink -f "$(command -v java)") || return 1
  key=$({ printf '%s\n' "$java"; stat -c '%Y %s' "$java"; cat "$ROOT/deploy/kafka/jars.sha256"; } |
    sha256sum)
  printf '%s/kafka-%s.jsa\n' "$CACHE_DIR" "${key:0:16}"
}

# Prints the class path; the order is fixed because the class archive depends on it.
_kafka_class_path() {
  local -a jars=("$(_kafka_jars)"/*.jar)
  (IFS=: && printf '%s\n' "${jars[*]}")
}

# Prints the flags of every JVM here, one a line: $1 is the heap in MB, $2 the class archive or "".
_kafka_jvm() {
  local level=-Dorg.slf4j.simpleLogger
  printf '%s\n' "-Xms$1m" "-Xmx$1m" -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError \
    -XX:-UsePerfData -Djava.awt.headless=true "$level.defaultLogLevel=warn" \
    "$level.showDateTime=true" "$level.log.kafka.server.KafkaRaftServer=info"
  [[ -z $2 || ! -f $2 ]] || printf '%s\n' "-XX:SharedArchiveFile=$2" -Xshare:auto -Xlog:cds=off
  ((KAFKA_SHORT_LIVED == 0)) || printf '%s\n' -XX:TieredStopAtLevel=1
}

kafka_prepared() {
  maven_intact "$ROOT/deploy/kafka" "$(_kafka_jars)" >/dev/null 2>&1 && [[ -f $(_kafka_archive) ]]
}

kafka_prepare() {
  mkdir -p "$CACHE_DIR"
  if ! maven_intact "$ROOT/deploy/kafka" "$(_kafka_jars)" >/dev/null 2>&1; then
    STEP_HINT='Check the network; if a checksum differs, remove that jar from ~/.m2.' \
      step 'Kafka jars' _kafka_download || return 1
  fi
  if [[ ! -f $(_kafka_archive) ]]; then
    step 'Kafka class archive' _kafka_make_archive || return 1
  fi
}

_kafka_download() {
  rm -f "$CACHE_DIR"/kafka-*.jsa
  maven_fetch "$ROOT/deploy/kafka" "$(_kafka_jars)"
}

# Lets one short-lived broker run, so that the JVM can archive the classes it loaded. It has a
# subshell of step's to itself, whose EXIT trap sees its variables and leaves nothing.
_kafka_make_archive() {
  archive=$(_kafka_archive) && dir=$(mktemp -d) || return 1
  trap 'kill_process "$dir/kafka" || true; rm -rf "$dir" "$archive.new"; release_ports "$dir"' EXIT
  trap 'trap "" INT TERM HUP; await_record "$dir/kafka"; exit 143' INT TERM HUP
  port=$(free_port "$dir") && controller=$(free_port "$dir") || return 1
  if start_kafka "$dir" "$port" "$controller" "-XX:ArchiveClassesAtExit=$archive.new" &&
    wait_kafka "$dir" "$port" && stop_process "$dir/kafka" 60 && [[ -s $archive.new ]]; then
    mv -f "$archive.new" "$archive"
  else
    cat "$dir/kafka/log" || true
    return 1
  fi
}

# start_kafka DIR PORT CTRL_PORT [JVM_FLAG...]
start_kafka() {
  local dir=$1 port=$2 controller=$3 pdir=$1/kafka archive class_path
  local -a flags
  shift 3
  ! port_open "$port" || { echo "error: port $port for Kafka is in use"; return 1; }
  ! port_open "$controller" ||
    { echo "error: port $controller for Kafka's controller is in use"; return 1; }
  mkdir -p "$pdir"
  _kafka_properties "$pdir/data" "$port" "$controller" >"$pdir/server.properties"
  [[ ! -f $pdir/own.properties ]] || cat "$pdir/own.properties" >>"$pdir/server.properties"
  archive=$(_kafka_archive) && class_path=$(_kafka_class_path) || return 1
  if [[ ! -f $pdir/data/meta.properties ]]; then
    local -a own=()
    [[ ! -f $pdir/own.format ]] || mapfile -t own <"$pdir/own.format"
    mapfile -t flags < <(_kafka_jvm 128 "$archive")
    java "${flags[@]}" -XX:TieredStopAtLevel=1 -cp "$class_path" kafka.tools.StorageTool format \
      -t "$(_kafka_new_id)" -c "$pdir/server.properties" "${own[@]}" >"$pdir/format.log" 2>&1 ||
      { echo "error: $(_likely_reason "$pdir/format.log") ($pdir/format.log)"; return 1; }
  fi
  mapfile -t flags < <(_kafka_jvm "$KAFKA_HEAP_MB" "$archive")
  start_process "$pdir" java "${flags[@]}" "$@" "-Dkafka.logs.dir=$pdir" -cp "$class_path" \
    kafka.Kafka "$pdir/server.properties"
}

# The server opens its port before it can serve, so its own word is asked for as well.
wait_kafka() {
  wait_ready "$1/kafka" "${3:-60}" _kafka_serves "$1/kafka/log" "$2"
}

_kafka_serves() {
  grep -qa 'Kafka Server started' "$1" && port_open "$2"
}

# A random cluster id as Kafka writes it: 16 bytes in URL-safe base 64, not beginning with a dash.
_kafka_new_id() {
  local id
  id=$(head -c 16 /dev/urandom | base64 | tr '+/' 'AB')
  printf '%s\n' "${id%%=*}"
}

# $1 data folder, $2 client port, $3 controller port.
_kafka_properties() {
  cat <<PROPERTIES
# Written by deploy/local at each start. One node that is broker and controller.
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$3
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$2,CONTROLLER://127.0.0.1:$3
advertised.listeners=PLAINTEXT://127.0.0.1:$2
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=$1

# Topics are declared in deploy/kafka/topics.yaml, never made by a typing error.
auto.create.topics.enable=false
default.replication.factor=1

# Internal topics: one node, few partitions.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4

# Consumers start at once, and a restart after a crash waits only this long for the old session.
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=$KAFKA_SESSION_MS
broker.heartbeat.interval.ms=$((KAFKA_SESSION_MS / 5))

# Two cores, little memory, small files.
num.network.threads=2
num.io.threads=2
num.replica.fetchers=1
num.recovery.threads.per.data.dir=2
background.threads=2
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=16777216
log.segment.bytes=134217728
log.index.size.max.bytes=1048576
PROPERTIES
}
