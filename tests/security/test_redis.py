"""Redis' users and its TLS: Baton may do what it does, and nothing that would help an intruder."""

import re
import subprocess

import pytest

from conftest import NO_KAFKA, Redis, settings
from guarded import users_of_baton
from issuer import CertificateAuthority, replace
from stack import BELIEVING, BIN, TOP, Program

PASSWORD = "a password of the tests"

# What the programs send, by a command as it could look.
SAMPLES = {
    "AUTH": ["baton", "x"], "SELECT": ["0"], "PING": [], "INFO": ["server"],
    "CONFIG": ["GET", "appendfsync"], "FUNCTION": ["LIST"], "FCALL": ["f", "1", "{b07}k"],
    "WAIT": ["0", "0"], "TIME": [], "SET": ["{b07}k", "v"], "HSET": ["{b07}k", "f", "v"],
    "HGET": ["{b07}k", "f"], "HMGET": ["{b07}k", "f"], "HDEL": ["{b07}k", "f"],
    "HEXISTS": ["{b07}k", "f"], "HINCRBY": ["{b07}k", "f", "1"], "LRANGE": ["{b07}k", "0", "-1"],
    "LTRIM": ["{b07}k", "0", "-1"], "LREM": ["{b07}k", "0", "v"],
    "RPUSH": ["{b07}k", "v"], "SADD": ["{b07}k", "m"],
    "SREM": ["{b07}k", "m"], "XADD": ["{b07}k", "*", "f", "v"], "XRANGE": ["{b07}k", "-", "+"],
    "XTRIM": ["{b07}k", "MINID", "1"], "XREVRANGE": ["{b07}k", "+", "-"],
    "XREAD": ["STREAMS", "{b07}k", "0"], "ZADD": ["{b07}k", "0", "m"], "ZREM": ["{b07}k", "m"],
    "ZSCORE": ["{b07}k", "m"], "ZRANGE": ["{b07}k", "0", "-1"],
    "ZRANGEBYSCORE": ["{b07}k", "0", "1"],
}
FORBIDDEN = [
    ["KEYS", "*"], ["SCAN", "0"], ["FLUSHALL"], ["FLUSHDB"], ["CONFIG", "SET", "dir", "/"],
    ["CONFIG", "REWRITE"], ["EVAL", "return 1", "0"], ["EVALSHA", "0" * 40, "0"],
    ["SCRIPT", "LOAD", "return 1"], ["FUNCTION", "FLUSH"], ["FUNCTION", "DELETE", "x"],
    ["FUNCTION", "RESTORE", "x"], ["DEBUG", "SLEEP", "1"], ["SHUTDOWN"], ["SAVE"], ["BGSAVE"],
    ["BGREWRITEAOF"], ["REPLICAOF", "evil", "1"], ["MODULE", "LOAD", "/evil.so"],
    ["ACL", "SETUSER", "evil"], ["ACL", "LIST"], ["CLIENT", "KILL", "ID", "1"], ["CLIENT", "LIST"],
    ["MONITOR"], ["SLOWLOG", "GET"], ["LATENCY", "LATEST"], ["MIGRATE", "h", "1", "k", "0", "1"],
    ["SWAPDB", "0", "1"], ["RENAME", "{b07}a", "{b07}b"], ["EXPIRE", "{b07}a", "1"],
    ["DUMP", "{b07}a"], ["RESTORE", "{b07}a", "0", "x"], ["PUBLISH", "c", "m"],
    ["SUBSCRIBE", "c"], ["GET", "others"], ["SET", "others", "1"], ["BLPOP", "{b07}a", "0"],
]
READ_ONLY = ["SET", "DEL", "HSET", "HDEL", "HINCRBY", "INCR", "RPUSH", "LTRIM", "LREM", "SADD",
             "SREM",
             "XADD", "XTRIM", "ZADD", "ZREM", "FCALL", "CONFIG"]


def commands_of_the_sources():
    """What our code sends and what our functions call, found where it is written."""
    sent = set()
    for source in [*TOP.glob("services/store/redis/*.cc"), *TOP.glob("services/verify/*.cc"),
                   *TOP.glob("services/platform/redis/*.cc")]:
        sent |= set(re.findall(r'\{"([A-Z]{3,})"[,}]', source.read_text()))
    for source in TOP.glob("services/store/redis/functions/*.lua"):
        sent |= set(re.findall(r"redis\.p?call\('([A-Z]+)'", source.read_text()))
    return sent - {"BLOCK", "COUNT"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A Redis with our users, and one to look at it all."""
    folder = tmp_path_factory.mktemp("guarded")
    replace(folder / "users.acl",
            users_of_baton(PASSWORD) + "user root on nopass ~* &* +@all\n")
    one = Redis(folder, "--aclfile", folder / "users.acl")
    yield one
    one.stop()


def verdict(redis, user, command):
    return redis.cli("ACL", "DRYRUN", user, *command, user=("--user", "root", "--pass", "x"))


def test_our_sources_send_what_the_matrix_knows():
    sent = commands_of_the_sources()
    assert len(sent) > 30
    plain = {"GET", "DEL", "INCR", "HGETALL", "HLEN", "HKEYS", "LLEN", "SCARD", "SMEMBERS", "XLEN",
             "ZCARD"}
    assert sent <= set(SAMPLES) | plain, sent - set(SAMPLES) - plain


def test_baton_may_do_what_it_does(guarded):
    for name in commands_of_the_sources():
        command = [name, *SAMPLES.get(name, ["{b07}k"])]
        assert verdict(guarded, "baton", command) == "OK", command
    assert verdict(guarded, "baton", ["FUNCTION", "LOAD", "x"]) == "OK"


@pytest.mark.parametrize("user", ["baton", "baton-verify"])
def test_nobody_may_do_what_would_help_an_intruder(guarded, user):
    for command in FORBIDDEN:
        assert verdict(guarded, user, command) != "OK", command


def test_whoever_verifies_only_reads(guarded):
    for name in READ_ONLY:
        command = [name, *SAMPLES.get(name, ["{b07}k"])]
        assert verdict(guarded, "baton-verify", command) != "OK", command
    for name in ("GET", "HGETALL", "SMEMBERS", "ZRANGE", "XREVRANGE", "HKEYS", "HMGET"):
        command = [name, *SAMPLES.get(name, ["{b07}k"])]
        assert verdict(guarded, "baton-verify", command) == "OK", command


def test_there_is_no_default_user(guarded):
    assert "NOAUTH" in guarded.cli("PING")


def baton(folder, redis_url, *flags):
    """A `baton dispatch` on that Redis, ready."""
    env = settings(BATON_REDIS_URL=redis_url, BATON_KAFKA_BROKERS=NO_KAFKA)
    program = Program("dispatch", folder, env, flags, front_door=BELIEVING)
    program.launch()
    try:
        program.wait_ready(30)
        done = subprocess.run([BIN / "batonctl", "--server", program.address, "workspace", "create",
                               "acme"], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
    finally:
        if program.alive:
            program.terminate()


def test_baton_works_with_its_user(guarded, tmp_path):
    replace(tmp_path / "password", PASSWORD)
    baton(tmp_path, f"redis://baton@127.0.0.1:{guarded.port}", "--redis-password-file",
          tmp_path / "password")
    assert "acl" not in guarded.cli("INFO", "errorstats", user=("--user", "root", "--pass", "x"))


def test_baton_talks_to_redis_over_mutual_tls(tmp_path):
    ca, clients = CertificateAuthority("redis"), CertificateAuthority("baton")
    for name, authority in (("server", ca), ("client", clients)):
        certificate, key = authority.issue()
        replace(tmp_path / f"{name}.crt", certificate)
        replace(tmp_path / f"{name}.key", key)
    replace(tmp_path / "ca.pem", ca.pem)
    replace(tmp_path / "clients.pem", clients.pem)
    redis = Redis(tmp_path, "--tls-cert-file", tmp_path / "server.crt", "--tls-key-file",
                  tmp_path / "server.key", "--tls-ca-cert-file", tmp_path / "clients.pem",
                  "--tls-auth-clients", "yes", tls=True)
    url = f"rediss://localhost:{redis.port}"
    trust = ("--redis-tls-ca-file", tmp_path / "ca.pem")
    shown = ("--redis-tls-cert-file", tmp_path / "client.crt", "--redis-tls-key-file",
             tmp_path / "client.key")
    try:
        baton(tmp_path, url, *trust, *shown)
        for wrong in (trust, ("--redis-tls-ca-file", tmp_path / "clients.pem", *shown), shown):
            with pytest.raises(AssertionError, match="did not become ready|ended with"):
                program = Program("dispatch", tmp_path, settings(
                    BATON_REDIS_URL=url, BATON_KAFKA_BROKERS=NO_KAFKA), wrong, name="refused",
                    front_door=BELIEVING)
                program.launch()
                try:
                    program.wait_ready(3)
                finally:
                    if program.alive:
                        program.kill()
    finally:
        redis.stop()


def test_known_holes_are_told(redis, door):
    version = redis.cli("INFO", "server").split("redis_version:")[1].split()[0]
    told = "redis.known_holes" in door.program.log()
    assert told == (door.program.metrics()["baton_redis_known_holes"] == 1)
    # Debian mended them, but kept these numbers.
    assert told or version not in ("7.0.15", "8.0.2")


def test_known_holes_are_refused_where_the_operator_says_so(redis, door, tmp_path):
    holes = door.program.metrics()["baton_redis_known_holes"] == 1
    program = Program("dispatch", tmp_path, settings(
        BATON_REDIS_URL=f"redis://127.0.0.1:{redis.port}", BATON_KAFKA_BROKERS=NO_KAFKA),
        ["--redis-known-holes", "refuse"], front_door=BELIEVING)
    program.launch()
    try:
        if not holes:
            return program.wait_ready(30)
        with pytest.raises(AssertionError, match="did not become ready"):
            program.wait_ready(5)
        reason = program.readiness()[1]["store"]
        assert re.search(r"(Redis|Valkey) [0-9.]+ .* has CVE-", reason), reason
    finally:
        program.terminate()


@pytest.mark.parametrize("flags, sentence", [
    (["--redis-tls-cert-file", "x"], "give both or none"),
    (["--redis-tls-ca-file", "x"], "need --redis-url rediss://"),
])
def test_half_a_tls_is_refused_with_a_sentence(flags, sentence):
    done = subprocess.run([BIN / "baton", "clock", *flags], env=settings(), capture_output=True,
                          text=True, timeout=30)
    assert done.returncode == 2 and sentence in done.stderr, done.stderr
