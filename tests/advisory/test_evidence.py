from datetime import timedelta

import pytest
from django.utils import timezone

from advisory.actions import evidence, recommendations
from advisory.actions.refusals import BoardRefused
from communications.timing import business_date
from tests.factories import advisory, feedback

pytestmark = pytest.mark.django_db


def test_evidence_is_one_thing_and_stands_once():
    one = recommendations.propose(advisory.board(), "Refills")
    case, theme = feedback.case(), feedback.theme()

    added = evidence.add(one, case=case)
    assert evidence.add(one, case=case) == added
    evidence.add(one, theme=theme)
    evidence.add(one, words="Four shops asked for it.")
    assert one.evidence.count() == 3
    for what in ({}, {"case": case, "theme": theme}):
        with pytest.raises(BoardRefused) as refusal:
            evidence.add(one, **what)
        assert refusal.value.code == "one_thing"
    evidence.drop(added)
    assert one.evidence.count() == 2


def test_an_update_is_planned_and_shipped_with_words_for_customers(board_manager):
    update = evidence.plan_update("Refill bags", planned_on=business_date(timezone.now()), by=board_manager)

    for act, code in (
        (lambda: evidence.plan_update(" "), "title_missing"), (lambda: evidence.ship(update), "note_missing"),
        (lambda: evidence.ship(update, note="New!", on=business_date(timezone.now()) + timedelta(days=1)), "not_yet"),
    ):  # fmt: skip
        with pytest.raises(BoardRefused) as refusal:
            act()
        assert refusal.value.code == code
    assert evidence.ship(update, note="Bring your tin.").shipped_on == business_date(timezone.now())
