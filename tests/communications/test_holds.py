"""Marketing is kept back while somebody has a reason, each lifted by its own key."""

import pytest
from django.core.exceptions import ValidationError

from communications.actions import holds
from communications.models import Hold
from communications.queries.holds import held, standing
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db


def test_a_customer_is_held_until_the_last_reason_is_gone(agent):
    kim, lee = customer(), customer()

    first = holds.place(kim, reason="complaint", key="complaint:1", by=agent)
    holds.place(kim, reason="complaint", key="complaint:2")
    assert holds.place(kim, reason="complaint", key="complaint:1").pk == first.pk

    assert (held(kim), held(lee)) == (True, False)
    assert [hold.key for hold in standing(kim)] == ["complaint:1", "complaint:2"]
    lifted = holds.lift("complaint:1", by=agent)
    assert (lifted.lifted_by, held(kim)) == (agent, True)
    holds.lift("complaint:2")
    assert (held(kim), holds.lift("complaint:9")) == (False, None)


def test_a_case_that_opens_again_holds_again(agent):
    kim = customer()
    holds.place(kim, reason="complaint", key="complaint:1")
    first = holds.lift("complaint:1", by=agent)
    assert holds.lift("complaint:1").lifted_at == first.lifted_at

    again = holds.place(kim, reason="complaint", key="complaint:1")

    assert (again.pk, again.lifted_at, again.lifted_by, held(kim)) == (first.pk, None, None, True)


def test_a_hold_needs_a_reason_and_its_own_key():
    holds.place(customer(), reason="complaint", key="complaint:1")

    for wish, code in (
        ({"reason": "complaint", "key": "complaint:1"}, "idempotency_conflict"),
        ({"reason": "", "key": "k"}, "reason_missing"),
        ({"reason": "complaint", "key": ""}, "reason_missing"),
    ):
        with pytest.raises(ValidationError) as refused:
            holds.place(customer(), **wish)
        assert refused.value.error_list[0].code == code
    assert Hold.objects.count() == 1
