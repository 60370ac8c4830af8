# shellcheck shell=bash
# redis.sh: one real Redis as Baton wants it: nothing evicted, each write on disk before its answer.
#
#   start_redis DIR PORT              starts it in DIR/redis (data, redis.conf, log); needs no more
#                                     than the redis-server package. Data already there is loaded.
#   wait_redis DIR PORT [SECONDS=20]  until it answers PING; prints the reason when it does not.
#
# Stop it with `stop_process DIR/redis`, crash it with `kill_process DIR/redis`.

start_redis() {
  local pdir=$1/redis port=$2
  ! port_open "$port" || { echo "error: port $port for Redis is in use"; return 1; }
  mkdir -p "$pdir/data"
  cat >"$pdir/redis.conf" <<CONF
# Written by deploy/local at each start.
bind 127.0.0.1
port $port
protected-mode yes
daemonize no
dir "$pdir/data"
# An acknowledged lead is on disk, and no lead is ever evicted.
appendonly yes
appendfsync always
save ""
maxmemory-policy noeviction
# A title is written over the environment, by which tests/run knows what it left behind.
set-proc-title no
CONF
  start_process "$pdir" redis-server "$pdir/redis.conf"
}

wait_redis() {
  wait_ready "$1/redis" "${3:-20}" _redis_answers "$2"
}

_redis_answers() {
  [[ $(timeout 2 redis-cli -h 127.0.0.1 -p "$1" ping) == PONG ]]
}
