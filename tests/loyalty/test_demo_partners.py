"""The invented company's partners, household, grant and import."""

import pytest

from customers.demo import company
from loyalty import demo, demo_partners
from loyalty.actions import audit, programmes
from loyalty.models import BalanceImport, BulkGrant, Contribution, HouseholdMember, PartnerStatement
from loyalty.queries.partners import difference, of_statement
from tests.loyalty.test_demo import TODAY

pytestmark = pytest.mark.django_db


def test_partners_a_household_a_grant_and_an_import_come_once_and_tie_to_the_ledger():
    company.fill(150, today=TODAY, tell=lambda said: None)
    demo.fill(150, today=TODAY, tell=lambda said: None)
    for _ in range(2):
        demo_partners.fill(150, today=TODAY, tell=lambda said: None)

    statements = list(PartnerStatement.objects.select_related("partner__programme"))
    assert {one.partner.code for one in statements} == {"bakery", "cinema"}
    for one in statements:
        assert of_statement(one, one.issued_at).balances
    assert difference(programmes.main(fresh=True)) == 0
    assert set(BulkGrant.objects.values_list("state", flat=True)) == {"done", "draft"}
    assert (HouseholdMember.objects.count(), BalanceImport.objects.get().points) == (2, 100)
    assert Contribution.objects.filter(points__gt=0).exists()
    assert audit.audit().findings == []
