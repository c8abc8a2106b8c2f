"""Lists on the member's own pages: nothing in them is out of reach."""

import pytest
from django.test import Client

from advisory.actions import meetings
from advisory.models import Recommendation
from customers.models import Customer
from tests.advisory.test_portal_pages import page, url
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "older"), [("en", "Earlier ones"), ("ko", "이전 항목 보기"), ("th", "รายการที่เก่ากว่า")]
)
def test_past_meetings_and_recommendations_can_be_read_to_the_first(language, older, monkeypatch):
    member = make.invitees(make.meeting(members=2))[0].term
    Customer.objects.filter(pk=member.customer_id).update(language=language)
    monkeypatch.setattr("advisory.pages.portal.MEETINGS_SHOWN", 1)
    monkeypatch.setattr("advisory.pages.portal.RECOMMENDATIONS_SHOWN", 1)
    assert older not in page(member) + page(member, "portal_recommendations")
    for name in ("First", "Last"):
        meetings.cancel(make.meeting(member.board, title=f"{name} meeting", members=0), reason="Snow")
        Client().post(url(member, "portal_recommendations"), {"do": "propose", "title": f"{name} wish"})

    for address, part, said in (
        (url(member), "?past=2#past", "meeting"), (url(member, "portal_recommendations"), "?page=2", "wish")
    ):  # fmt: skip
        shown = Client().get(address).content.decode()
        assert (f'href="{part}"' in shown, older in shown) == (True, True)
        further = Client().get(address + part.partition("#")[0]).content.decode()
        assert (f"First {said}" in further, older in further) == (True, False)
    one = Recommendation.objects.get(title="First wish")
    said = {"do": "support", "recommendation": str(one.pk)}
    answer = Client().post(url(member, "portal_recommendations") + "?page=2", said)
    assert answer.url.endswith("?done=1&page=2")
