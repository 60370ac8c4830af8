"""Each check catches what it is there for: one planted violation a test."""

import unittest

from checks import (Change, Ledger, Violations, check_answers, check_capacity, check_conservation,
                    check_leads, check_letters, check_logs, check_store, check_views, peak_loads)


def history(*steps, lead="l1"):
    """A lead's changes with versions from 1: (change, stage, rep, generation, at[, deadline])."""
    return [Change(f"w/{lead}/1/{number}", lead, step[0], step[1], number, *step[2:])
            for number, step in enumerate(steps, 1)]


SOUND = history(("qualified", "MQL", "", 0, 10), ("assigned", "OFFERED", "ada", 1, 10, 3010),
                ("offer_expired", "QUEUED", "ada", 1, 3020),
                ("assigned", "OFFERED", "bob", 2, 3020, 6020),
                ("accepted", "ACCEPTED", "bob", 2, 4000), ("rejected", "REJECTED", "bob", 2, 5000))
CALLS = [{"op": "offer", "name": "l1.2", "rep": "bob", "result": "assigned"},
         {"op": "accept", "name": "l1.2", "rep": "bob", "result": "UNAVAILABLE"},
         {"op": "accept", "name": "l1.2", "rep": "bob", "result": "OK"},
         {"op": "reject", "name": "l1.2", "rep": "bob", "result": "OK"}]
STORED = {"l1": ("REJECTED", 6, "")}


def ledger_of(changes):
    ledger = Ledger()
    for change in changes:
        ledger.add(change)
    return ledger


def found(check, *arguments):
    violations = Violations()
    check(*arguments, violations)
    return violations.sentences


class SoundHistory(unittest.TestCase):
    def test_no_check_complains(self):
        ledger = ledger_of(SOUND)
        self.assertEqual(ledger.violations.sentences, [])
        self.assertEqual(ledger.waiting(), 0)
        self.assertEqual(found(check_store, ledger, STORED), [])
        self.assertEqual(found(check_leads, STORED, {"l1"}), [])
        self.assertEqual(found(check_answers, ledger, CALLS), [])
        self.assertEqual(found(check_capacity, ledger, {"ada": 1, "bob": 1}), [])


class PlantedInFeedback(unittest.TestCase):
    def complaint(self, changes, words):
        sentences = ledger_of(changes).violations.sentences
        self.assertTrue(any(words in sentence for sentence in sentences), sentences)

    def test_event_published_twice(self):
        self.complaint([*SOUND[:2], SOUND[1]], "published twice")

    def test_change_left_out(self):
        self.complaint([*SOUND[:2], *SOUND[3:]], "version 4 after 2")

    def test_changes_swapped(self):
        self.complaint([SOUND[1], SOUND[0]], "version 2 after 0")

    def test_two_owners(self):
        self.complaint(history(("assigned", "OFFERED", "ada", 1, 1),
                               ("assigned", "OFFERED", "bob", 2, 2)), "while ada owns it")

    def test_generation_left_out(self):
        self.complaint(history(("assigned", "OFFERED", "ada", 2, 1)), "generation 2 after 0")

    def test_answer_of_somebody_else(self):
        self.complaint(history(("assigned", "OFFERED", "ada", 1, 1),
                               ("rejected", "REJECTED", "bob", 1, 2)), "owner is 'ada'")

    def test_timer_that_fires_early(self):
        self.complaint(history(("assigned", "OFFERED", "ada", 1, 1, 3000),
                               ("offer_expired", "QUEUED", "ada", 1, 2999)), "1 ms early")

    def test_timer_that_fires_twice(self):
        self.complaint(history(("assigned", "OFFERED", "ada", 1, 1, 3),
                               ("offer_expired", "QUEUED", "ada", 1, 4),
                               ("offer_expired", "QUEUED", "ada", 1, 5)), "owner is ''")


class PlantedElsewhere(unittest.TestCase):
    def setUp(self):
        self.ledger = ledger_of(SOUND)

    def test_capacity_exceeded_for_one_millisecond(self):
        spans = [("ada", 1, 5), ("ada", 4, 9), ("bob", 1, 5), ("bob", 5, None)]
        self.assertEqual(peak_loads(spans), {"ada": 2, "bob": 1})
        self.assertIn("2 leads at one time", found(check_capacity, ledger_of(
            history(("assigned", "OFFERED", "ada", 1, 1)) +
            history(("assigned", "OFFERED", "ada", 1, 2), lead="l2")), {"ada": 1})[0])

    def test_capacity_of_a_rep_that_does_not_exist(self):
        self.assertIn("not in the roster", found(check_capacity, self.ledger, {"ada": 1})[0])

    def test_a_lead_that_is_closed_while_it_waits_is_taken_from_nobody(self):
        closed = ledger_of(history(("queued", "QUEUED", "", 0, 1),
                                   ("rejected", "REJECTED", "", 0, 2)))
        self.assertEqual(closed.violations.sentences, [])
        self.assertEqual(found(check_capacity, closed, {}), [])

    def test_change_in_the_store_that_was_never_published(self):
        self.assertIn("at version 7", found(check_store, self.ledger,
                                            {"l1": ("REJECTED", 7, "")})[0])

    def test_published_change_that_the_store_lost(self):
        self.assertIn("at version 5", found(check_store, self.ledger,
                                            {"l1": ("ACCEPTED", 5, "bob")})[0])

    def test_other_stage_and_other_owner(self):
        self.assertIn("WON in the store", found(check_store, self.ledger,
                                                {"l1": ("WON", 6, "")})[0])
        self.assertIn("owner eve", found(check_store, ledger_of(SOUND[:5]),
                                         {"l1": ("ACCEPTED", 5, "eve")})[0])

    def test_lead_that_only_feedback_knows(self):
        self.assertIn("not in the store", found(check_store, self.ledger, {})[0])

    def test_lost_and_invented_leads(self):
        sentences = found(check_leads, STORED, {"l2"})
        self.assertEqual(sentences, ["l2: lost", "l1: nobody published it"])

    def test_answered_action_that_was_not_published(self):
        self.assertIn("published 0 times", found(check_answers, ledger_of(SOUND[:4]), CALLS)[0])

    def test_action_answered_to_two_callers(self):
        self.assertIn("OK 2 times", found(check_answers, self.ledger, [*CALLS, CALLS[2]])[0])

    def test_what_the_policy_did_nobody_had_to_ask_for(self):
        alone = [*SOUND[:5], Change("w/l1/1/6", "l1", "rejected", "REJECTED", 6, "bob", 2, 5000,
                                    by_rep=False)]
        self.assertEqual(found(check_answers, ledger_of(alone), CALLS[:3]), [])

    def test_action_that_nobody_asked_for(self):
        self.assertIn("nobody asked", found(check_answers, self.ledger, CALLS[:3])[0])

    def test_input_that_is_not_its_parts(self):
        counters = {"input": 10, "applied": 7, "duplicate": 1, "dead_lettered": 1}
        self.assertIn("is not applied", found(check_conservation, counters, 10, 1)[0])

    def test_record_that_was_not_counted_and_letter_that_was_not_written(self):
        counters = {"input": 10, "applied": 8, "duplicate": 1, "dead_lettered": 1}
        self.assertEqual(found(check_conservation, counters, 10, 1), [])
        self.assertIn("has 11 records", found(check_conservation, counters, 11, 1)[0])
        self.assertIn("0 are on", found(check_conservation, counters, 10, 0)[0])

    def test_stream_that_missed_an_assignment(self):
        listed = {"ada": {"l1": 2}}
        self.assertEqual(found(check_views, [(1, "ada", {"l1": 2})], listed), [])
        self.assertIn("1 assignments missed", found(check_views, [(1, "ada", {})], listed)[0])
        self.assertIn("1 too many", found(check_views, [(1, "bob", {"l1": 1})], listed)[0])


    def test_log_that_speaks_of_a_person_or_is_not_there(self):
        line = '{"event":"dispatch.started"}'
        self.assertEqual(found(check_logs, {"dispatch-1": line}, ["@"]), [])
        self.assertIn("speaks of a person", found(check_logs, {"x": f"{line}\na@b"}, ["@"])[0])
        self.assertIn("is empty", found(check_logs, {"x": ""}, ["@"])[0])


class PlantedAmongLetters(unittest.TestCase):
    BROKEN = {("t", 0, 5): b"{"}

    def complaint(self, letters, words):
        self.assertIn(words, found(check_letters, self.BROKEN, letters)[0])

    def test_sound_letters(self):
        self.assertEqual(found(check_letters, self.BROKEN,
                               [(("t", 0, 5), b"{", "not_parseable")]), [])

    def test_broken_record_without_a_letter(self):
        self.complaint([], "refused by nobody")

    def test_letter_with_other_bytes_or_without_reason(self):
        self.complaint([(("t", 0, 5), b"[", "not_parseable")], "other bytes")
        self.complaint([(("t", 0, 5), b"{", "")], "no reason")

    def test_two_letters_for_one_record(self):
        self.complaint([(("t", 0, 5), b"{", "x")] * 2, "2 dead letters")

    def test_letter_for_a_sound_record(self):
        self.complaint([(("t", 0, 5), b"{", "x"), (("t", 0, 6), b"{}", "x")], "a sound record")
