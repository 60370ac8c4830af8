"""The proxy loses what it is told to, a View shows what a stream told, and what was not conclusive
is tried again.
"""

import socket
import threading
import unittest

from baton.v1 import assignment_service_pb2 as aspb
from experiment import until_conclusive
from proxy import Faults, Proxy
from streams import View

Kind = aspb.WatchAssignmentsResponse


def told(kind, lead="", generation=0, token=""):
    return aspb.WatchAssignmentsResponse(kind=kind, resume_token=token, assignment=aspb.Assignment(
        lead=f"workspaces/w/leads/{lead}" if lead else "", generation=generation))


class ASecondAttempt(unittest.TestCase):
    def attempted(self, *words):
        """Seeds of the attempts that came of attempts with these verdicts."""
        words = iter(words)
        return [verdict["seed"] for verdict in
                until_conclusive(lambda seed: {"verdict": next(words), "seed": seed}, 7)]

    def test_is_made_with_the_next_seed_where_the_first_proved_nothing(self):
        self.assertEqual(self.attempted("inconclusive", "ok"), [7, 8])

    def test_is_the_last(self):
        self.assertEqual(self.attempted("inconclusive", "inconclusive"), [7, 8])

    def test_is_not_made_after_a_violation_nor_after_success(self):
        self.assertEqual(self.attempted("violated"), [7])
        self.assertEqual(self.attempted("ok"), [7])


class ViewOfAStream(unittest.TestCase):
    def setUp(self):
        self.view = View()
        for one in (told(Kind.KIND_SNAPSHOT, "l1", 1), told(Kind.KIND_SNAPSHOT_END, token="t1"),
                    told(Kind.KIND_UPDATED, "l2", 3, "t2")):
            self.view.take(one)

    def test_shows_snapshot_and_changes(self):
        self.assertEqual((self.view.now, self.view.token), ({"l1": 1, "l2": 3}, "t2"))
        self.view.take(told(Kind.KIND_REMOVED, "l1", 1, "t3"))
        self.assertEqual((self.view.now, self.view.token), ({"l2": 3}, "t3"))

    def test_new_snapshot_replaces_everything(self):
        self.view.take(told(Kind.KIND_SNAPSHOT, "l3", 1))
        self.view.take(told(Kind.KIND_SNAPSHOT_END))
        self.assertEqual(self.view.now, {"l3": 1})

    def test_half_a_snapshot_counts_for_nothing(self):
        self.view.take(told(Kind.KIND_SNAPSHOT, "l3", 1))
        self.view.broken()
        self.view.take(told(Kind.KIND_SNAPSHOT, "l4", 1))
        self.view.take(told(Kind.KIND_SNAPSHOT_END))
        self.assertEqual(self.view.now, {"l4": 1})


class LossyProxy(unittest.TestCase):
    """In front of a server that gives back what it got, and counts it."""

    def setUp(self):
        self.received = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        self.proxy = Proxy(self.server.getsockname()[1], seed=1)

    def tearDown(self):
        self.proxy.stop()
        self.server.close()

    def _serve(self):
        while True:
            try:
                link, _ = self.server.accept()
            except OSError:
                return
            with link:
                while piece := self._read(link):
                    self.received += len(piece)
                    link.sendall(piece)

    @staticmethod
    def _read(link):
        try:
            return link.recv(100)
        except OSError:
            return b""

    def ask(self, **faults):
        """What comes back of six bytes, or the name of the error."""
        self.proxy.faults = Faults(**faults)
        with socket.create_connection(("127.0.0.1", self.proxy.port), 1) as link:
            link.sendall(b"hello!")
            try:
                return link.recv(100)
            except OSError as error:
                return type(error).__name__

    def test_passes_on_without_faults(self):
        self.assertEqual(self.ask(), b"hello!")

    def test_dropped_reply_was_served(self):
        self.assertIn(self.ask(drop=1), (b"", "ConnectionResetError"))
        self.assertEqual((self.received, self.proxy.counts["replies dropped"]), (6, 1))

    def test_silent_link_stays_open(self):
        self.assertEqual(self.ask(silence=1), "TimeoutError")
        self.assertEqual((self.received, self.proxy.counts["half-open"]), (6, 1))

    def test_cut_resets_a_link(self):
        self.proxy.faults = Faults()
        with socket.create_connection(("127.0.0.1", self.proxy.port), 5) as link:
            link.sendall(b"x")
            self.assertEqual(link.recv(1), b"x")
            self.assertEqual(self.proxy.cut(0.1), 1)
            with self.assertRaises(ConnectionResetError):
                link.recv(1)
