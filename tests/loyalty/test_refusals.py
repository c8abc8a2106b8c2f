import pytest
from django.core.exceptions import ValidationError

from loyalty.actions import refusals

MADE = [
    refusals.InsufficientPoints(5, 3),
    refusals.InDebt(4),
    refusals.IdempotencyConflict("k"),
    refusals.DuplicateReference("n"),
    refusals.AlreadyResolved(1),
    refusals.ExceedsHold(5, 3),
    refusals.OverReversal(5, 3),
    refusals.WalletFrozen(),
    refusals.WalletClosed(),
    refusals.OpenHold(3),
    refusals.NotThisKind("hold"),
    refusals.NoPoints(0),
    refusals.ReasonMissing(),
    refusals.ControlTotalDiffers(100, 90),
]


@pytest.mark.parametrize("refusal", MADE, ids=lambda refusal: type(refusal).__name__)
def test_a_refusal_has_a_code_and_a_sentence(refusal):
    (sentence,) = refusal.messages

    assert refusal.code
    assert "%" not in sentence
    assert sentence.endswith(".")


def test_every_refusal_is_looked_at_here_and_no_code_stands_for_two():
    known = {kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, ValidationError)}

    assert known - {ValidationError} == {type(refusal) for refusal in MADE}
    assert len({refusal.code for refusal in MADE}) == len(MADE)
