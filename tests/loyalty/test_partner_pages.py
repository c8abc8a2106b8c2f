"""Partners in the back office and over the API."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from integrations.scopes import Scope
from loyalty.actions import partner_settlements, partners, points
from loyalty.models import Partner, PartnerEntry, PartnerPack, PartnerRate, PartnerStatement
from loyalty.pages import partners as partner_pages
from tests.factories.customers import customer as make
from tests.factories.integrations import Caller, codes, token
from tests.factories.loyalty import buckets, on, partner, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    programme()
    return make(number="C-7", name="Ada")


def page(client, name, *arguments, **query):
    return client.get(reverse(f"admin:{name}", args=arguments), query)


def post(client, name, *arguments, **said):
    return client.post(reverse(f"admin:{name}", args=arguments), said)


def text(response):
    return " ".join(response.content.decode().split())


def settled(ada):
    bakery = partner()
    partners.issue(bakery, ada, 10_000, reference="r1", at=on("2026-03-10"))
    partners.redeem(bakery, ada, 4000, reference="=cmd()", at=on("2026-03-10"))
    return partner_settlements.issue_statement(bakery, date(2026, 3, 1), at=on("2026-04-01"))


def test_partners_are_listed_before_there_are_any_and_after(marketer_client, ada):
    assert "No partners yet" in text(page(marketer_client, "partners"))
    settled(ada)

    shown = text(page(marketer_client, "partners"))

    assert "Corner bakery" in shown
    assert "84.00 EUR" in shown
    assert "differs by" not in shown


def test_packs_and_entries_of_a_partner_are_paged(marketer_client, ada, monkeypatch):
    monkeypatch.setattr(partner_pages, "SHOWN", 2)
    bakery = partner(pack=100)
    for n in (2, 3):
        partner_settlements.sell_pack(bakery, 100, price=100, reference=f"pack-{n}")
    for n in range(3):
        partners.issue(bakery, ada, 10, reference=f"r{n}", at=on(f"2026-03-0{n + 1}"))

    shown = page(marketer_client, "partner", bakery.pk)
    older = page(marketer_client, "partner", bakery.pk, after=str(shown.context["entries"].next), page="2")
    refused = post(marketer_client, "partner_pack", bakery.pk)

    there = reverse("admin:partner", args=[bakery.pk])
    for one in (shown, refused):
        assert f'href="{there}?page=2"' in text(one)
        assert f'href="{there}?after=' in text(one)
    assert [entry.transaction.reference for entry in older.context["entries"].rows] == ["r0"]
    assert [pack.reference for pack in older.context["packs"]] == ["pack-1"]


def test_the_list_costs_the_same_for_one_and_three(marketer_client, ada, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(40) as seen:
            page(marketer_client, "partners")
        return len(seen)

    partner(pack=10)
    queries()
    one = queries()
    for n in range(2):
        partner(code=f"p{n}", pack=10)

    assert queries() == one


def test_a_statement_is_read_and_taken_as_a_file(agent_client, ada):
    statement = settled(ada)

    shown = text(page(agent_client, "partner_statement", statement.pk))
    file = b"".join(page(agent_client, "partner_statement", statement.pk, format="csv").streaming_content).decode()

    assert "balances to the ledger" in shown
    assert "84.00 EUR" in shown
    rows = [line.split(",") for line in file.splitlines()]
    assert [(row[1], row[2], row[5]) for row in rows[1:]] == [
        ("issue", "10000", "12000"),
        ("redemption", "4000", "-3600"),
        ("total", "", "8400"),
    ]
    assert "'=cmd()" in file


def test_marketing_agrees_on_rates_sells_packs_and_issues_statements(marketer_client, ada):
    bakery = partner(pack=1000)
    said = {"rate-issue_money": "0.01", "rate-issue_points": 1, "rate-redeem_money": "0.01", "rate-redeem_points": 2}

    post(marketer_client, "partner_rate", bakery.pk, **said)
    post(
        marketer_client, "partner_pack", bakery.pk, **{"pack-points": 50, "pack-price": "0.60", "pack-reference": "p2"}
    )
    partners.issue(bakery, ada, 10, reference="r1", at=on("2026-03-10"))
    shown = text(page(marketer_client, "partner", bakery.pk))
    post(marketer_client, "settle_partner", bakery.pk, month="2026-03-01")

    assert PartnerRate.objects.filter(issue_money=1, redeem_points=2).exists()
    assert PartnerPack.objects.filter(reference="p2", points=50, price=60).exists()
    assert "Issue the statement of" in shown
    assert PartnerStatement.objects.get().packs == 1000


def test_what_is_refused_is_said_on_the_page(marketer_client, ada):
    bakery = partner(pack=1000)
    pack = {"pack-points": 50, "pack-price": "0.60", "pack-reference": "pack-1"}

    assert "was sold before" in text(post(marketer_client, "partner_pack", bakery.pk, **pack))
    said = {"rate-issue_money": "0.01", "rate-issue_points": 1, "rate-redeem_money": "0.01", "rate-redeem_points": 2}
    assert "now or later" in text(
        post(marketer_client, "partner_rate", bakery.pk, **said, **{"rate-begins_on": "2026-02-01"})
    )
    post(marketer_client, "settle_partner", bakery.pk, month=f"{timezone.now():%Y-%m}-01")
    assert "not over" in text(page(marketer_client, "partner", bakery.pk))
    post(marketer_client, "settle_partner", bakery.pk, month="?")
    assert "which month" in text(page(marketer_client, "partner", bakery.pk))
    assert not PartnerStatement.objects.exists()


def test_support_looks_and_does_not_settle(agent_client, intern_client, ada):
    bakery = partner()

    assert page(agent_client, "partner", bakery.pk).status_code == 200
    assert "Agree on other rates" not in text(page(agent_client, "partner", bakery.pk))
    for name in ("partner_rate", "partner_pack", "settle_partner"):
        assert post(agent_client, name, bakery.pk).status_code == 403
    assert page(intern_client, "partners").status_code == 403


def test_a_new_partner_is_made_in_the_admin(marketer_client, ada):
    said = {"name": "Florist", "code": "florist", "terms": "postpaid", "currency": "EUR", "pending_days": 0}
    programme_ = programme()

    marketer_client.post(reverse("admin:loyalty_partner_add"), said | {"programme": programme_.pk, "active": "on"})

    assert Partner.objects.get().name == "Florist"


# --- the API


@pytest.fixture
def till():
    issued = token(Scope.PARTNERS_ACT, name="Bakery till")
    caller = Caller(secret=issued.secret)
    caller.user = issued.token.user
    return caller


def at(what="", code="bakery"):
    return f"/api/v1/partners/{code}/" + (f"{what}/" if what else "")


def test_a_partners_system_gives_takes_and_reverses(till, ada):
    partner(system=till.user)

    given = till.send(at("issues"), {"customer": "C-7", "points": 100, "reference": "r1"}, key="k")
    again = till.send(at("issues"), {"customer": "C-7", "points": 100, "reference": "r1"}, key="k")
    taken = till.send(at("redemptions"), {"customer": "C-7", "points": 60})
    back = till.send(at("reversals"), {"transaction": given.json()["id"], "points": 10, "reason": "returned"})
    till.send(at("reversals"), {"transaction": taken.json()["id"], "reason": "returned"})

    assert [one.status_code for one in (given, again, taken, back)] == [201] * 4, given.content
    assert given.json() == again.json()
    assert set(given.json()) == {"id", "kind", "effective_at", "posted_at", "reason", "reference", "reverses"}
    assert buckets(ada) == (0, 90, 0, 0)
    assert PartnerEntry.objects.count() == 4
    assert till.get(at()).json()["rate"]["issue_money"] == 12


def test_refusals_have_codes(till, ada):
    partner(pack=100, system=till.user)
    points.grant(ada, 10, reason="welcome")

    def code(what, **body):
        return codes(till.send(at(what), {"customer": "C-7"} | body))

    assert code("issues", points=101, reference="r1") == ["pack_exhausted"]
    assert code("redemptions", points=11) == ["insufficient_points"]
    till.send(at("issues"), {"customer": "C-7", "points": 1, "reference": "r1"})
    assert code("issues", points=1, reference="r1") == ["duplicate_reference"]
    assert till.send(at("issues"), {"customer": "nobody", "points": 1, "reference": "r2"}).status_code == 404
    assert till.get(at()).json()["pack_points_left"] == 99


def test_a_system_acts_for_its_own_partner_only(till, ada):
    bakery, florist = partner(system=till.user), partner(code="florist")
    foreign = partners.issue(florist, ada, 5, reference="r1")
    own = partners.issue(bakery, ada, 5, reference="r1")

    assert till.get(at(code="florist")).status_code == 404
    assert till.send(at("redemptions", "florist"), {"customer": "C-7", "points": 1}).status_code == 404
    assert till.send(at("reversals"), {"transaction": foreign.pk, "reason": "x"}).status_code == 404
    assert Caller(Scope.POINTS_REDEEM).send(at("issues"), {}).status_code == 403
    assert till.send(at("reversals"), {"transaction": own.pk, "reason": "x"}).status_code == 201


def test_statements_over_the_api(till, ada):
    statement = settled(ada)
    Partner.objects.update(system=till.user)

    (row,) = till.get(at("statements")).json()["results"]

    assert (row["id"], row["month"], row["total"], row["issued"]) == (statement.pk, "2026-03-01", 8400, 10_000)
