"""Follows what Baton publishes (read committed), from the topics' beginning, on its own thread."""

import json
import threading
import time
from collections import defaultdict
from datetime import datetime

from checks import Change, Ledger
from confluent_kafka import Consumer, KafkaException, TopicPartition
from world import DEAD, FEEDBACK, INPUT

SILENCE_S = 10


def milliseconds(text):
    """Of an RFC 3339 time; 0 if empty."""
    return round(datetime.fromisoformat(text).timestamp() * 1000) if text else 0


def read_change(message):
    """The Change of a feedback message, or None if it is not readable."""
    try:
        data = json.loads(message.value())
        headers = dict(message.headers())
        details = data.get("details", {})
        return Change(id=headers["ce_id"].decode(), lead=data["lead"], change=data["change"],
                      stage=data["stage"], version=data["version"], rep=data.get("rep", ""),
                      generation=data.get("generation", 0), at=milliseconds(data.get("time")),
                      deadline=milliseconds(data.get("acceptDeadline")),
                      by_rep=data.get("actor") != "policy", details=details,
                      began=milliseconds(details.get("startTime")),
                      ended=milliseconds(details.get("stopTime")))
    except (ValueError, KeyError, TypeError):
        return None


def letter_of(message):
    """(place of the input record, bytes, reason class) of a dead letter."""
    headers = {name: value.decode() for name, value in message.headers()}
    place = (headers["__dlq.errors.topic"], int(headers["__dlq.errors.partition"]),
             int(headers["__dlq.errors.offset"]))
    return place, message.value(), headers["baton-error-class"]


class Feed:
    """Ledgers by workspace, and all dead letters. stop() ends the thread."""

    def __init__(self, brokers):
        self.brokers = brokers
        self.lock = threading.Lock()
        self.ledgers = defaultdict(Ledger)
        self.letters = []
        self._used = []
        # A client for the thread that follows, others for whoever asks.
        self._consumer = self.consumer()
        self._askers = {isolation: self.consumer(isolation)
                        for isolation in ("read_committed", "read_uncommitted")}
        # Asked once: their number is fixed, and the client crashes at times when it asks for a
        # topic while the broker is coming back.
        self._partitions = {topic: partitions(self._askers["read_committed"], topic)
                            for topic in (INPUT, FEEDBACK, DEAD)}
        self._next = {(topic, partition): 0 for topic in (FEEDBACK, DEAD)
                      for partition in self._partitions[topic]}
        self._assign()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def consumer(self, isolation="read_committed"):
        return Consumer({"bootstrap.servers": self.brokers, "isolation.level": isolation,
                         "group.id": "fault-tests", "enable.auto.commit": False,
                         "auto.offset.reset": "earliest", "reconnect.backoff.max.ms": 500,
                         "enable.partition.eof": False, "fetch.wait.max.ms": 50, "log_level": 0})

    def _assign(self):
        self._consumer.assign([TopicPartition(topic, partition, offset)
                               for (topic, partition), offset in self._next.items()])

    def _follow(self):
        heard = time.monotonic()
        while not self._stopping.is_set():
            messages = [one for one in self._consumer.consume(2000, 0.1) if not one.error()]
            with self.lock:
                for message in messages:
                    self._next[message.topic(), message.partition()] = message.offset() + 1
                    self._take(message)
            # Should the client hear nothing more after a broker died and came back, it asks anew.
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENCE_S:
                self._assign()
                heard = time.monotonic()

    def _take(self, message):
        if message.topic() == DEAD:
            return self.letters.append(letter_of(message))
        change = read_change(message)
        ledger = self.ledgers[message.key().decode().split("/")[0]]
        if change is None:
            ledger.violations.add(f"feedback is not readable: {message.value()[:200]}")
        else:
            ledger.add(change)

    def ends(self, topic=INPUT, isolation="read_committed"):
        """Next offset of each partition; of read_committed, before a transaction that is open."""
        return {partition: self._end(topic, partition, self._askers[isolation])
                for partition in self._partitions[topic]}

    def _end(self, topic, partition, asker):
        """Asked again while a broker that has just started does not lead yet."""
        deadline = time.monotonic() + 30
        while True:
            try:
                return asker.get_watermark_offsets(TopicPartition(topic, partition),
                                                   timeout=20)[1]
            except KafkaException as error:
                if time.monotonic() > deadline:
                    raise AssertionError(f"Kafka does not tell the end of {topic} {partition}: "
                                         f"{error}") from error
                time.sleep(0.2)

    def read(self, topic, starts, isolation="read_committed"):
        """All messages of `topic` from `starts` (partition -> offset) to its present end."""
        consumer, wanted = self.consumer(isolation), self.ends(topic, isolation)
        consumer.assign([TopicPartition(topic, number, starts.get(number, 0)) for number in wanted])
        try:
            while True:
                yield from (one for one in consumer.consume(2000, 0.5) if not one.error())
                places = consumer.position([TopicPartition(topic, number) for number in wanted])
                if all(max(place.offset, starts.get(place.partition, 0)) >= wanted[place.partition]
                       for place in places):
                    return
        finally:
            consumer.close()

    def awaits_uncommitted(self, topic, seconds):
        """True as soon as `topic` gets another record, committed or not; False if none in time."""
        consumer = self.consumer("read_uncommitted")
        try:
            consumer.assign([TopicPartition(topic, number, end)
                             for number, end in self.ends(topic, "read_uncommitted").items()])
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                message = consumer.poll(0.1)
                if message is not None and not message.error():
                    return True
            return False
        finally:
            self._used.append(consumer)  # closing takes its time; the caller must not wait for it

    def stop(self):
        self._stopping.set()
        self._thread.join(10)
        for consumer in (self._consumer, *self._askers.values(), *self._used):
            consumer.close()


def partitions(consumer, topic):
    """Numbers of the partitions of `topic`, as soon as all of them are known and led."""
    deadline = time.monotonic() + 30
    while True:
        problem = None
        try:
            found = consumer.list_topics(topic, timeout=20).topics[topic]
            led = [number for number, one in found.partitions.items() if one.leader >= 0]
            if found.error is None and led and len(led) == len(found.partitions):
                return sorted(led)
        except KafkaException as error:
            problem = error
        assert time.monotonic() < deadline, f"Kafka does not tell of {topic}: {problem}"
        time.sleep(0.1)
