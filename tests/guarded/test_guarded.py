"""Baton where Kafka and Redis let in only whoever proves itself: a lead's whole way over TLS with a
login or a certificate, what is said of a wrong one, and a password that changes meanwhile."""

import subprocess
from types import SimpleNamespace

import pytest

from guarded import PASSWORD, GuardedRedis, Kafka
from issuer import replace
from redis_server import settings
from stack import BIN, Program
from world import FEEDBACK, World, eventually

WAYS = ["login", "certificate"]
ACCEPTED = "dev.baton.lead.accepted.v1"


@pytest.fixture(scope="module")
def kafka(tmp_path_factory):
    one = Kafka(tmp_path_factory.mktemp("kafka"))
    yield one
    one.stop()


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    one = GuardedRedis(tmp_path_factory.mktemp("redis"))
    yield one
    one.stop()


def kafka_flags(kafka, way, folder, password=PASSWORD, certificate="client"):
    """Baton's, with the login as a file of secrets."""
    if way == "certificate":
        return ["--kafka-brokers", f"localhost:{kafka.mutual_port}",
                *kafka.flags("--kafka-property", kafka.certificate(certificate))]
    open_ones = {name: value for name, value in kafka.login().items()
                 if name not in ("sasl.username", "sasl.password")}
    return ["--kafka-brokers", f"localhost:{kafka.secure_port}",
            *kafka.flags("--kafka-property", open_ones),
            "--kafka-properties-file", write_login(folder, password)]


def write_login(folder, password):
    return replace(folder / "kafka-login", f"sasl.username=baton\nsasl.password={password}\n")


def run_baton(folder, *flags):
    program = Program("all", folder, settings(), flags)
    program.launch()
    return program


@pytest.fixture(params=WAYS)
def baton(request, kafka, redis, tmp_path):
    program = run_baton(tmp_path, *kafka_flags(kafka, request.param, tmp_path), *redis.flags())
    program.way = request.param
    program.wait_ready(60)
    yield program
    if program.alive:
        program.terminate()


def world_of(program, kafka):
    """A workspace of this Baton; marketing has a listener of its own."""
    return World(SimpleNamespace(address=program.address, brokers=kafka.brokers))


def goes_through(world, lead):
    """The lead goes in, a rep gets it and accepts it, and marketing is told."""
    world.publish(world.event(lead))
    world.flush()
    offered = eventually(lambda: (found := world.lead_or_none(lead)) and found.rep and found, 60)
    world.accept(offered.assignment)
    world.read(FEEDBACK, lambda events: any(
        event["subject"] == lead and event["type"] == ACCEPTED for event in events), 60)


def secrets_shown(program):
    """Where the password can be seen from outside of the process."""
    places = [f"/proc/{program.process.pid}/{name}" for name in ("cmdline", "environ")]
    seen = []
    for place in [*places, program.log_path]:
        with open(place, "rb") as file:
            seen += [place] * (PASSWORD.encode() in file.read())
    return seen


def test_a_lead_goes_its_whole_way_where_everything_is_guarded(baton, kafka):
    world = world_of(baton, kafka)
    world.add_rep("ada")
    goes_through(world, "l1")
    assert secrets_shown(baton) == []
    world.close()


def verify(kafka, flags, **variables):
    """`batonctl verify` of this Kafka and a Redis that the flags, or variables, name."""
    return subprocess.run(
        [BIN / "batonctl", "verify", "--wait", "60s", "--brokers", kafka.brokers, *flags],
        env=settings(**variables), capture_output=True, text=True, timeout=120)


def as_variables(flags):
    """Flags of Baton as its environment has them."""
    return {"BATON" + flag[1:].upper().replace("-", "_"): str(value)
            for flag, value in zip(flags[::2], flags[1::2])}


@pytest.mark.parametrize("baton", ["login"], indirect=True)
def test_verify_reads_a_redis_that_wants_a_certificate(baton, kafka, redis):
    world = world_of(baton, kafka)
    world.add_rep("ada")
    goes_through(world, "l1")
    world.close()
    flags = redis.flags(user="baton-verify")
    for known in (verify(kafka, flags), verify(kafka, [], **as_variables(flags))):
        assert known.returncode == 0, known.stdout + known.stderr
        assert "violations: 0" in known.stdout
    unknown = verify(kafka, redis.flags(user="baton-verify", certificate="stranger"))
    assert unknown.returncode == 2 and "could not check: " in unknown.stderr, unknown.stderr


def reasons(program):
    """What is not ready, and why; that it ended, if it did."""
    if not program.alive:
        return {"process": program.tail()}
    try:
        return program.readiness()[1]
    except OSError:  # not up yet
        return {}


@pytest.mark.parametrize("way, wrong, sentence", [
    ("login", {"password": "another-word"}, "Authentication failed"),
    # By TLS 1.3 the refusal comes behind the handshake: the connection just ends.
    ("certificate", {"certificate": "stranger"}, "transport failure"),
])
def test_what_kafka_refuses_is_not_ready_and_says_why(kafka, redis, tmp_path, way, wrong, sentence):
    program = run_baton(tmp_path, *kafka_flags(kafka, way, tmp_path, **wrong), *redis.flags())
    try:
        eventually(lambda: sentence in reasons(program).get("relay", ""), 60)
        eventually(lambda: {"intake", "sales-intake"} <= set(reasons(program)), 60)
        assert "another-word" not in program.log()
    finally:
        program.kill()


@pytest.mark.parametrize("wrong, sentence", [
    ({"password": "wrong-password"}, "WRONGPASS"),
    ({"certificate": "stranger"}, "Redis at localhost")])
def test_what_redis_refuses_is_not_ready_and_says_why(kafka, redis, tmp_path, wrong, sentence):
    replace(redis.folder / "wrong-password", "not-the-word")
    program = run_baton(tmp_path, *kafka_flags(kafka, "login", tmp_path), *redis.flags(**wrong))
    try:
        eventually(lambda: sentence in str(reasons(program)), 60)
        assert "not-the-word" not in program.log()
    finally:
        program.kill()


@pytest.mark.parametrize("baton", ["login"], indirect=True)
def test_a_password_of_kafka_changes_without_restart(baton, kafka, tmp_path):
    world = world_of(baton, kafka)
    world.add_rep("ada")
    goes_through(world, "l1")
    write_login(tmp_path, "the-next-word")
    eventually(lambda: "kafka_properties.reloaded" in baton.log())
    kafka.stop()
    kafka.start("the-next-word")
    try:
        goes_through(world, "l2")
        baton.wait_ready(60)
        assert "kafka.properties_need_restart" not in baton.log()
        assert "the-next-word" not in baton.log()
    finally:
        kafka.stop()
        kafka.start(PASSWORD)
        world.close()
