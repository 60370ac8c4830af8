"""The shortest honest handoff in Python, a yardstick for Baton: see ../cpp/bare_loop.cc.

    bare_loop.py BROKERS REDIS_PORT SCRIPT IN OUT GROUP PREFIX

Runs until SIGTERM.
"""

import json
import signal
import sys

import redis
from confluent_kafka import Consumer, Producer

BATCH = 500
WAIT_S = 0.05


class Loop:
    def __init__(self, brokers, redis_port, script, topic_in, topic_out, group, prefix):
        self.redis = redis.Redis("127.0.0.1", int(redis_port))
        with open(script, encoding="utf-8") as file:
            self.sha = self.redis.script_load(file.read())
        self.consumer = Consumer({
            "bootstrap.servers": brokers, "group.id": group, "auto.offset.reset": "earliest",
            "enable.auto.commit": False})
        self.consumer.subscribe([topic_in])
        self.producer = Producer({
            "bootstrap.servers": brokers, "enable.idempotence": True, "acks": "all",
            "linger.ms": 2})
        self.topic_out = topic_out
        self.prefix = prefix
        self.shared = [f"{prefix}:reps", f"{prefix}:deadlines", f"{prefix}:trace"]
        self.stopping = False

    def stop(self, *_):
        self.stopping = True

    def run(self):
        while not self.stopping:
            messages = self.consumer.consume(BATCH, WAIT_S)
            events = [json.loads(m.value()) for m in messages if not m.error()]
            if events:
                self.hand_off(events)
                self.consumer.commit(asynchronous=True)
        self.consumer.close()

    def hand_off(self, events):
        pipeline = self.redis.pipeline(transaction=False)
        for event in events:
            lead, facts = event["subject"], event["data"].get("attributes", {})
            pipeline.evalsha(
                self.sha, 4, f"{self.prefix}:lead:{lead}", *self.shared,
                event["id"], 0, lead, event["source"], facts.get("email", ""),
                facts.get("country", ""), facts.get("employees", 0) // 100,
                f"lead={lead};event={event['id']};company={facts.get('company', '')}")
        for event, rep in zip(events, pipeline.execute()):
            lead, facts = event["subject"], event["data"].get("attributes", {})
            self.producer.produce(self.topic_out, key=lead, on_delivery=self.delivered, value=(
                json.dumps({
                    "lead": lead, "rep": rep.decode(), "change": "assigned",
                    "cause": event["id"], "country": facts.get("country", ""),
                    "email": facts.get("email", ""), "source": event["source"]})))
        self.producer.flush()

    @staticmethod
    def delivered(error, _):
        if error:
            sys.exit(f"bare loop: {error}")


def main():
    loop = Loop(*sys.argv[1:])
    signal.signal(signal.SIGTERM, loop.stop)
    loop.run()


main()
