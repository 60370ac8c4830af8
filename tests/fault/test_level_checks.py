"""Each check of service levels catches what it is there for: one planted violation a test."""

import unittest

from checks import Change, Violations
from level_checks import Level, check_levels

LEVELS = (Level("given", "assign", 2000, (50, 100)), Level("answered", "accept", 2000),
          Level("touched", "first_touch", 3000, (50, 100)),
          Level("decided", "decision", 9000, (100, 150)))
REST_MS = 60_000


def change(kind, stage, at, rep="", details=None, began=0, ended=0):
    return Change(f"{kind}-{at}", "l1", kind, stage, 0, rep, 1, at, details=details or {},
                  began=began, ended=ended)


def said(kind, sla, began, at, percent, rep="ada", action="notify"):
    details = {"sla": sla, "percent": str(percent)}
    if kind == "sla_breached":
        details["action"] = action
    return change(kind, "OFFERED", at, rep, details, began)


def met(sla, metric, began, at, late=False, rep=""):
    details = {"sla": sla, "metric": metric} | ({"late": "true"} if late else {})
    return change("sla_met", "OFFERED", at, rep, details, began, ended=at)


# Judged at 1000, written at 1010, given out at 2500; ada is silent for 3 s, bob rejects.
SOUND = [change("qualified", "MQL", 1010), change("queued", "QUEUED", 1010),
         said("sla_warned", "given", 1000, 2010, 50, rep=""),
         change("assigned", "OFFERED", 2500, "ada"), met("given", "assign", 1000, 2495),
         said("sla_warned", "touched", 2500, 4005, 50),
         said("sla_breached", "answered", 2500, 4510, 100, action="pause_rep"),
         change("rep_away", "OFFERED", 4510, "ada", {"why": "sla", "sla": "answered"}),
         said("sla_breached", "touched", 2500, 5512, 100, action="reassign"),
         change("pulled_back", "QUEUED", 5512, "ada", {"sla": "touched", "action": "reassign"}),
         change("assigned", "OFFERED", 5512, "bob"),
         met("answered", "accept", 5512, 5600, rep="bob"), change("accepted", "ACCEPTED", 5600),
         met("decided", "decision", 2500, 5700, rep="bob"), change("rejected", "REJECTED", 5700)]


def complaints(changes, slack_ms=500):
    violations = Violations()
    found = check_levels(changes, LEVELS, REST_MS, slack_ms, violations)
    return found, violations.sentences


class SoundHistory(unittest.TestCase):
    def test_no_check_complains(self):
        found, sentences = complaints(SOUND)
        self.assertEqual(sentences, [])
        self.assertEqual((found.late_ms(0.5), found.late_ms(1)), (10, 12))
        self.assertEqual(found.took_ms(), 5512 - 2010)
        self.assertEqual(found.counts["sla_breached"], 2)

    def test_both_consequences_of_one_step(self):
        both = [*SOUND[:5], said("sla_warned", "touched", 2500, 9000, 50),
                said("sla_breached", "answered", 2500, 9000, 100, action="pause_rep"),
                said("sla_breached", "touched", 2500, 9000, 100, action="reassign"),
                change("rep_away", "OFFERED", 9000, "ada", {"why": "sla", "sla": "answered"}),
                change("pulled_back", "QUEUED", 9000, "ada", {"sla": "touched"}),
                said("sla_breached", "decided", 2500, 11_500, 100, rep=""),
                said("sla_escalated", "decided", 2500, 16_000, 150, rep="")]
        self.assertEqual(complaints(both, 10_000)[1], [])
        for missing, words in ((8, "not set away"), (9, "not taken back")):
            sentences = complaints(both[:missing] + both[missing + 1:], 10_000)[1]
            self.assertTrue(any(words in one for one in sentences), sentences)

    def test_a_yaml_line_says_what_is_expected(self):
        self.assertEqual(LEVELS[3].yaml("return").strip(),
                         "- {name: decided, metric: decision, target: 9s, tiers: "
                         "[{at: 150%, notify: manager}], breach: return}")


class Planted(unittest.TestCase):
    def complaint(self, words, *, without=None, instead=None, more=()):
        changes = list(SOUND)
        if without is not None:
            changes[without:without + 1] = [instead] if instead else []
        sentences = complaints([*changes, *more])[1]
        self.assertTrue(any(words in one for one in sentences), sentences)

    def test_said_twice(self):
        self.complaint("twice", more=[said("sla_breached", "touched", 2500, 5600, 100)])

    def test_warned_a_millisecond_early(self):
        self.complaint("1 ms early", without=5,
                       instead=said("sla_warned", "touched", 2500, 3999, 50))

    def test_broken_early(self):
        self.complaint("early", without=6,
                       instead=said("sla_breached", "answered", 2500, 4499, 100))

    def test_a_warning_that_nobody_gave(self):
        self.complaint("nothing was said", without=5)

    def test_a_breach_that_nobody_said(self):
        self.complaint("nothing was said", without=6)

    def test_a_clock_that_nothing_started(self):
        self.complaint("nothing started", more=[said("sla_warned", "touched", 2700, 4300, 50)])

    def test_taken_back_without_a_breach(self):
        self.complaint("level was not broken",
                       more=[change("pulled_back", "QUEUED", 5650, "bob", {"sla": "touched"})])

    def test_set_away_for_the_breach_of_another_rep(self):
        self.complaint("level was not broken", without=7, instead=change(
            "rep_away", "OFFERED", 4510, "bob", {"why": "sla", "sla": "answered"}))

    def test_taken_back_twice(self):
        self.complaint("consequences twice", more=[SOUND[9]])

    def test_met_at_another_time_than_what_stopped_it(self):
        self.complaint("what stopped it", without=11,
                       instead=met("answered", "accept", 5512, 5601, rep="bob"))

    def test_a_late_stop_that_counts_as_in_time(self):
        late = [*SOUND[:5], said("sla_warned", "touched", 2500, 4005, 50),
                change("accepted", "ACCEPTED", 4600, "ada")]
        self.assertIn("in time", complaints([*late, met("answered", "accept", 2500, 4600)])[1][0])
        sentences = complaints([*late, met("answered", "accept", 2500, 4600, late=True)])[1]
        self.assertFalse(any("answered" in one for one in sentences), sentences)
