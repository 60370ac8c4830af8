"""`batonctl policy simulate` against a running stack, and what it must leave as it was."""

import json
import subprocess

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from stack import BIN

DIGEST = """
local keys, sum = redis.call('keys', '*'), ''
table.sort(keys)
for _, key in ipairs(keys) do sum = redis.sha1hex(sum .. key .. redis.call('dump', key)) end
return sum
"""


def simulate(world, policy, *flags):
    """What it prints for the policy `policy` (text) beside the active one."""
    done = subprocess.run(
        [BIN / "batonctl", "--server", world.stack.address, "policy", "simulate", "--file", "-",
         "--brokers", world.stack.brokers, *flags],
        input=policy, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def report(world, policy, *flags):
    return json.loads(simulate(world, policy, "-o", "json", *flags))


def assert_reproduced(said):
    """The active policy did again exactly what happened."""
    reproduced = said["reproduced"]
    assert reproduced["known"] and not reproduced["differences"], reproduced
    for what in ("mqls", "routes", "assignments"):
        assert reproduced[what]["same"] == reproduced[what]["of"] > 0, reproduced


def state_of(stack):
    """All that Kafka and Redis hold: ends of topics, groups with their offsets, keys and values."""
    admin = AdminClient({"bootstrap.servers": stack.brokers})
    reader = Consumer({"bootstrap.servers": stack.brokers, "group.id": "state-of"})
    try:
        topics = admin.list_topics(timeout=10).topics
        ends = {(name, number): reader.get_watermark_offsets(TopicPartition(name, number))
                for name, topic in topics.items() for number in topic.partitions
                if not name.startswith("__")}
    finally:
        reader.close()
    groups = sorted(group.group_id
                    for group in admin.list_consumer_groups().result(timeout=10).valid)
    return ends, groups, stack.redis("EVAL", DIGEST, "0")
