"""Redis' users and its TLS: Baton may do what it does, and nothing that would help an intruder."""

import re
import subprocess

import pytest

from guarded import users_of_baton
from issuer import CertificateAuthority, replace
from redis_server import NO_KAFKA, Redis, settings
from stack import BELIEVING, BIN, TOP, Program
from world import eventually

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
    ["SCRIPT", "LOAD", "return 1"], ["FUNCTION", "FLUSH"], ["FUNCTION", "RESTORE", "x"],
    ["FUNCTION", "DUMP"], ["DEBUG", "SLEEP", "1"], ["SHUTDOWN"], ["SAVE"], ["BGSAVE"],
    ["BGREWRITEAOF"], ["REPLICAOF", "evil", "1"], ["MODULE", "LOAD", "/evil.so"],
    ["ACL", "SETUSER", "evil"], ["ACL", "LIST"], ["CLIENT", "KILL", "ID", "1"], ["CLIENT", "LIST"],
    ["MONITOR"], ["SLOWLOG", "GET"], ["LATENCY", "LATEST"], ["MIGRATE", "h", "1", "k", "0", "1"],
    ["SWAPDB", "0", "1"], ["RENAME", "{b07}a", "{b07}b"], ["EXPIRE", "{b07}a", "1"],
    ["DUMP", "{b07}a"], ["RESTORE", "{b07}a", "0", "x"], ["PUBLISH", "c", "m"],
    ["SUBSCRIBE", "c"], ["GET", "others"], ["SET", "others", "1"], ["BLPOP", "{b07}a", "0"],
]
ROOT = ("--user", "root", "--pass", "x")
LOADING = [["FUNCTION", "LOAD", "x"], ["FUNCTION", "LOAD", "REPLACE", "x"],
           ["FUNCTION", "DELETE", "x"]]
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
    return sent - {"BLOCK", "COUNT", "SENTINEL"}  # the last one is for Sentinels


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
    return redis.cli("ACL", "DRYRUN", user, *command, user=ROOT)


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


def test_only_who_deploys_may_load_and_delete_functions(guarded):
    for command in LOADING:
        assert verdict(guarded, "baton-deploy", command) == "OK", command
        for user in ("baton", "baton-verify"):
            assert "no permissions" in verdict(guarded, user, command), (user, command)


def test_who_deploys_may_touch_no_data_and_call_no_function(guarded):
    for name in commands_of_the_sources() - {"AUTH", "SELECT", "PING", "INFO", "FUNCTION"}:
        command = [name, *SAMPLES.get(name, ["{b07}k"])]
        assert verdict(guarded, "baton-deploy", command) != "OK", command


@pytest.mark.parametrize("user", ["baton", "baton-deploy", "baton-verify"])
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


def change_functions(redis, folder, word, user="baton-deploy"):
    """What `baton load-functions` and the like ends with and says."""
    replace(folder / "password", PASSWORD)
    done = subprocess.run(
        [BIN / "baton", word, "--redis-url", f"redis://{user}@127.0.0.1:{redis.port}",
         "--redis-password-file", folder / "password"],
        env=settings(), capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout + done.stderr


def libraries(redis):
    listed = redis.cli("FUNCTION", "LIST", user=ROOT).split()
    return [listed[i + 1] for i, word in enumerate(listed) if word == "library_name"]


def baton(folder, redis_url, *flags):
    """A `baton dispatch` on that Redis, ready."""
    env = settings(BATON_REDIS_URL=redis_url, BATON_KAFKA_BROKERS=NO_KAFKA)
    program = Program("dispatch", folder, env, flags, front_door=BELIEVING)
    program.launch()
    try:
        program.wait_ready(30)
        done = create_workspace(program, "acme")
        assert done.returncode == 0, done.stderr
    finally:
        if program.alive:
            program.terminate()


def create_workspace(program, name):
    return subprocess.run([BIN / "batonctl", "--server", program.address, "workspace", "create",
                           name], capture_output=True, text=True, timeout=30)


def test_without_its_functions_baton_says_who_can_load_them(guarded, tmp_path):
    guarded.cli("FUNCTION", "FLUSH", user=ROOT)
    older = "#!lua name=baton_00000000\nredis.register_function('old', function() return 1 end)"
    guarded.cli("FUNCTION", "LOAD", older, user=ROOT)
    code, said = change_functions(guarded, tmp_path, "clock", user="baton")
    assert code == 1 and "run 'baton load-functions'" in said and "baton_00000000" in said, said
    assert libraries(guarded) == ["baton_00000000"]


def test_functions_are_loaded_and_deleted_by_who_deploys(guarded, tmp_path):
    guarded.cli("FUNCTION", "FLUSH", user=ROOT)
    code, said = change_functions(guarded, tmp_path, "load-functions", user="baton")
    assert code == 1 and "its user may not load them" in said, said
    assert libraries(guarded) == []
    for _ in range(2):  # a repetition changes nothing
        code, said = change_functions(guarded, tmp_path, "load-functions")
        assert code == 0 and libraries(guarded)[0] in said, said
    ours, = libraries(guarded)
    for name in ("baton_00000000", "others"):
        body = f"#!lua name={name}\nredis.register_function('f_{name}', function() return 1 end)"
        guarded.cli("FUNCTION", "LOAD", body, user=ROOT)
    assert change_functions(guarded, tmp_path, "delete-old-functions", user="baton")[0] == 1
    assert len(libraries(guarded)) == 3
    code, said = change_functions(guarded, tmp_path, "delete-old-functions")
    assert code == 0 and sorted(libraries(guarded)) == sorted([ours, "others"]), said


def test_baton_works_with_its_user_once_who_deploys_has_loaded_its_functions(guarded, tmp_path):
    assert change_functions(guarded, tmp_path, "load-functions")[0] == 0
    guarded.cli("CONFIG", "RESETSTAT", user=ROOT)
    baton(tmp_path, f"redis://baton@127.0.0.1:{guarded.port}", "--redis-password-file",
          tmp_path / "password")
    assert "NOPERM" not in guarded.cli("INFO", "errorstats", user=ROOT)


def mutual_tls(folder):
    """What a server of Redis is told, and Baton: whom to trust and what to show."""
    ca, clients = CertificateAuthority("redis"), CertificateAuthority("baton")
    for name, authority in (("server", ca), ("client", clients)):
        certificate, key = authority.issue()
        replace(folder / f"{name}.crt", certificate)
        replace(folder / f"{name}.key", key)
    replace(folder / "ca.pem", ca.pem)
    replace(folder / "clients.pem", clients.pem)
    server = ("--tls-cert-file", folder / "server.crt", "--tls-key-file", folder / "server.key",
              "--tls-ca-cert-file", folder / "clients.pem", "--tls-auth-clients", "yes")
    trust = ("--redis-tls-ca-file", folder / "ca.pem")
    shown = ("--redis-tls-cert-file", folder / "client.crt", "--redis-tls-key-file",
             folder / "client.key")
    return server, trust, shown


def test_baton_talks_to_sentinels_and_redis_over_mutual_tls(tmp_path):
    server, trust, shown = mutual_tls(tmp_path)
    redis = Redis(tmp_path, *server, tls=True)
    # It names the server as its certificate does.
    conf = replace(tmp_path / "sentinel.conf", "sentinel resolve-hostnames yes\n"
                   "sentinel announce-hostnames yes\n"
                   f"sentinel monitor leads localhost {redis.port} 1\n")
    try:
        sentinel = Redis(tmp_path, *server, tls=True, sentinel=conf)
        try:
            baton(tmp_path, f"rediss+sentinel://localhost:{sentinel.port}/leads", *trust, *shown)
        finally:
            sentinel.stop()
    finally:
        redis.stop()


def test_certificates_for_redis_are_exchanged_without_restart(tmp_path):
    server, trust, shown = mutual_tls(tmp_path)
    redis = Redis(tmp_path, *server, tls=True)
    program = Program("dispatch", tmp_path, settings(
        BATON_REDIS_URL=f"rediss://localhost:{redis.port}", BATON_KAFKA_BROKERS=NO_KAFKA),
        [*trust, *shown], front_door=BELIEVING)
    program.launch()
    try:
        program.wait_ready(30)
        later = tmp_path / "later"
        later.mkdir()
        server, _, _ = mutual_tls(later)
        redis.cli("CONFIG", "SET", *[str(word).removeprefix("--") for word in server],
                  user=by_certificate(tmp_path))
        for name in ("ca.pem", "client.crt", "client.key"):
            replace(tmp_path / name, (later / name).read_bytes())
        redis.cli("CLIENT", "KILL", "TYPE", "normal", user=by_certificate(later))
        eventually(lambda: create_workspace(program, "acme").returncode == 0, 30)
        assert "tls.reloaded" in program.log()
    finally:
        if program.alive:
            program.terminate()
        redis.stop()


def by_certificate(folder):
    """redis-cli's options for who shows the client certificate of `folder`."""
    return ("--tls", "--cacert", folder / "ca.pem", "--cert", folder / "client.crt", "--key",
            folder / "client.key")


def test_baton_talks_to_redis_over_mutual_tls(tmp_path):
    server, trust, shown = mutual_tls(tmp_path)
    redis = Redis(tmp_path, *server, tls=True)
    url = f"rediss://localhost:{redis.port}"
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


@pytest.fixture(scope="module")
def dispatch(redis, tmp_path_factory):
    program = Program("dispatch", tmp_path_factory.mktemp("dispatch"), settings(
        BATON_REDIS_URL=f"redis://127.0.0.1:{redis.port}", BATON_KAFKA_BROKERS=NO_KAFKA),
        front_door=BELIEVING)
    program.launch()
    program.wait_ready(30)
    yield program
    program.terminate()


def test_known_holes_are_told(redis, dispatch):
    version = redis.cli("INFO", "server").split("redis_version:")[1].split()[0]
    told = "redis.known_holes" in dispatch.log()
    assert told == (dispatch.metrics()["baton_redis_known_holes"] == 1)
    # Debian mended them, but kept these numbers.
    assert told or version not in ("7.0.15", "8.0.2")


def test_known_holes_are_refused_where_the_operator_says_so(redis, dispatch, tmp_path):
    holes = dispatch.metrics()["baton_redis_known_holes"] == 1
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
    (["--redis-sentinel-user", "x"], "need --redis-url redis+sentinel://"),
    (["--redis-url", "redis+sentinel://host"], "--redis-url: Redis URL: no name of the primary"),
])
def test_half_a_way_to_redis_is_refused_with_a_sentence(flags, sentence):
    done = subprocess.run([BIN / "baton", "clock", *flags], env=settings(), capture_output=True,
                          text=True, timeout=30)
    assert done.returncode == 2 and sentence in done.stderr, done.stderr
