"""Tiers, memberships and causes in the back office."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty import arithmetic
from loyalty.actions import causes, memberships, points, programmes, standings, tiers
from loyalty.models import Benefit, EarlyAccess, Gift, Membership, Plan, Standing, TierFloor, TierTable
from loyalty.pages import memberships as membership_pages
from loyalty.pages.tiers import on_the_customer_page
from loyalty.queries import standings as queries
from tests.factories import purchases
from tests.factories.customers import customer as make
from tests.factories.loyalty import METALS, cause, plan, programme, tier_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    programme(currency="EUR")
    return make(name="Ada Example")


def text(response):
    return " ".join(response.content.decode().split())


def page(client, name, *arguments, **query):
    return client.get(reverse(f"admin:{name}", args=arguments), query)


def post(client, name, *arguments, **fields):
    return client.post(reverse(f"admin:{name}", args=arguments), fields)


def draft_of(*rows, **rules):
    """What the form of a draft posts."""
    usual = {"qualify_by": "points", "span": "rolling", "months": 12, "lowering": "immediate", "review_months": 12}
    fields = usual | {"step": "all", "grace_days": 0} | rules
    fields |= {"form-TOTAL_FORMS": len(rows) + 1, "form-INITIAL_FORMS": 0}
    for n, (name, code, threshold) in enumerate(rows):
        fields |= {f"form-{n}-name": name, f"form-{n}-code": code, f"form-{n}-threshold": threshold}
    return fields


METAL_ROWS = [(step.name, step.code, step.threshold) for step in METALS]


def test_without_tiers_the_page_leads_to_a_draft(marketer_client, agent_client, ada):
    assert reverse("admin:draft_tiers") in text(page(marketer_client, "tiers"))
    assert reverse("admin:draft_tiers") not in text(page(agent_client, "tiers"))


def test_tiers_are_drafted_looked_at_and_applied(marketer_client, ada):
    points.earn(ada, 1200, at=timezone.now())

    saved = post(marketer_client, "draft_tiers", **draft_of(*METAL_ROWS))
    preview = marketer_client.get(saved.url)

    assert "Who would move" in text(preview)
    [move] = preview.context["preview"]
    assert (move.was, move.tier, move.count, move.some, move.up) == ("", "Silver", 1, [ada], True)
    assert not Standing.objects.exists()

    post(marketer_client, "apply_tiers")

    assert Standing.objects.get().tier == "silver"
    shown = text(page(marketer_client, "tiers"))
    assert "Ada Example" in shown
    assert "1,000" in shown


def test_what_applies_is_what_was_looked_at(marketer_client, manager_client, ada):
    saved = post(marketer_client, "draft_tiers", **draft_of(*METAL_ROWS))
    looked_at = marketer_client.get(saved.url)
    rows = (METAL_ROWS[0], ("Silver", "silver", 900), METAL_ROWS[2])
    changed = post(manager_client, "draft_tiers", **draft_of(*rows) | {"form-INITIAL_FORMS": 3})
    again = manager_client.get(changed.url)
    seen = [answer.context["seen"] for answer in (looked_at, again)]

    refused = post(marketer_client, "apply_tiers", seen=seen[0])
    told = text(marketer_client.get(refused.url))
    still = TierTable.objects.get().is_draft
    for _ in range(2):
        late = marketer_client.post(reverse("admin:apply_tiers"), {"seen": seen[1]}, follow=True)

    assert f'name="seen" value="{seen[0]}"' in text(looked_at)
    assert "Somebody has changed the draft meanwhile" in told
    assert "Who would move, if it applied now" in told
    assert (still, TierTable.objects.get().is_draft) == (True, False)
    assert "There is no draft any more" in text(late)


def test_the_preview_counts_who_moves_and_who_stays(ada):
    tier_table()
    people = [ada, *(make() for _ in range(11))]
    for n, one in enumerate(people):
        points.earn(one, 600 if n else 3500, at=timezone.now())
    standings.settle_all(programmes.main(fresh=True), at=timezone.now())
    table = tiers.draft(programmes.main(), steps=[METALS[0], tiers.Step("silver", "Silver", 500), METALS[2]])

    moves = queries.preview(table)

    assert [(move.was, move.tier, move.count, move.up, move.stays, len(move.some)) for move in moves] == [
        ("Bronze", "Silver", 11, True, False, 10),
        ("Gold", "Gold", 1, False, True, 1),
    ]
    assert Standing.objects.filter(tier="silver").count() == 0


def test_a_draft_that_cannot_be_says_why_beside_its_rows(marketer_client, ada):
    no_lowest = post(marketer_client, "draft_tiers", **draft_of(("Silver", "silver", 1000)))
    no_code = post(marketer_client, "draft_tiers", **draft_of(("Bronze", "", 0)))

    assert "The lowest tier begins at 0" in text(no_lowest)
    assert "or leave the name empty" in text(no_code)
    assert not TierTable.objects.exists()


def test_who_only_looks_leaves_no_draft(marketer_client, ada):
    tier_table()

    for query in ({}, {"preview": "1"}):
        looked_at = page(marketer_client, "draft_tiers", **query)
        assert "Version 2" in text(looked_at)
        assert [row["code"].value() for row in looked_at.context["steps"].initial_forms] == [
            step.code for step in METALS
        ]

    assert not TierTable.objects.filter(starts_at=None).exists()
    post(marketer_client, "draft_tiers", **draft_of(*METAL_ROWS) | {"form-INITIAL_FORMS": 3})
    assert TierTable.objects.get(starts_at=None).number == 2


def test_two_who_add_the_same_tier_at_once_both_keep_it(marketer_client, manager_client, ada):
    tier_table(*METALS[:2])

    for client in (marketer_client, manager_client):  # both saw two rows, and add the third
        saved = post(client, "draft_tiers", **draft_of(*METAL_ROWS) | {"form-INITIAL_FORMS": 2})

        assert saved.status_code == 302
        assert [tier.code for tier in TierTable.objects.get(starts_at=None).tiers.all()] == [
            "bronze",
            "silver",
            "gold",
        ]


def test_money_that_tiers_need_is_typed_and_shown_as_money(marketer_client, ada):
    rows = (("Base", "base", "0"), ("Gold", "gold", "1250.50"))
    purchases.purchase(ada, 10_000, at=timezone.now())
    half = post(
        marketer_client,
        "draft_tiers",
        **draft_of(("Base", "base", "0"), ("Gold", "gold", "10.005"), qualify_by="spend"),
    )
    assert "10.005 is no whole number" in text(half)
    assert "1250.50 is no whole number" in text(post(marketer_client, "draft_tiers", **draft_of(*rows)))

    post(marketer_client, "draft_tiers", **draft_of(*rows, qualify_by="spend"))
    assert [tier.threshold for tier in TierTable.objects.get().tiers.all()] == [0, 125_050]
    assert 'value="1250.50"' in text(page(marketer_client, "draft_tiers"))
    post(marketer_client, "apply_tiers")

    assert "1,250.50 EUR" in text(page(marketer_client, "tiers"))
    shown = text(page(marketer_client, "customer", ada.pk))
    assert "100.00 EUR" in shown
    assert "1,150.50 EUR more" in shown


def test_a_draft_is_thrown_away(marketer_client, ada):
    post(marketer_client, "draft_tiers", **draft_of(*METAL_ROWS))

    post(marketer_client, "apply_tiers", discard="1")

    assert not TierTable.objects.exists()


def test_a_tier_is_granted_and_withdrawn(marketer_client, ada):
    tier_table()

    answer = post(marketer_client, "grant_tier", ada.pk, tier="gold", until="2127-03-31", reason="spoke at our fair")

    floor = TierFloor.objects.get()
    assert answer.status_code == 302
    assert (floor.ends_at.isoformat(), Standing.objects.get().tier) == ("2127-04-01T00:00:00+00:00", "gold")
    assert "spoke at our fair" in text(page(marketer_client, "grant_tier", ada.pk))
    post(marketer_client, "withdraw_tier", floor.pk)
    assert Standing.objects.get().tier == "bronze"


def test_a_refused_grant_stays_on_the_form(marketer_client, ada):
    tier_table()

    yesterday = timezone.localdate() - timedelta(days=1)
    for field, said in (("reason", {"reason": " "}), ("until", {"reason": "so", "until": yesterday.isoformat()})):
        answer = post(marketer_client, "grant_tier", ada.pk, tier="gold", **said)

        assert list(answer.context["form"].errors) == [field]
    assert not TierFloor.objects.exists()


def test_the_customer_page_tells_of_tier_distance_membership_and_benefits(rf, agent, ada):
    tier_table()
    points.earn(ada, 1200, at=timezone.now() - timedelta(days=300))
    points.earn(ada, 300, at=timezone.now())
    memberships.start(ada, plan())
    Benefit.objects.create(programme=programmes.main(), code="cake", name="Cake", tier="silver")
    request = rf.get("/")
    request.user = agent

    template, context = on_the_customer_page(request, ada)

    assert template == "loyalty/tiers/panel.html"
    assert (context["progress"].tier.code, context["progress"].next.missing) == ("silver", 1500)
    assert [benefit.code for benefit in context["benefits"]] == ["cake"]
    assert context["membership"].plan.code == "vip"


def test_the_customer_page_shows_the_words(agent_client, ada):
    tier_table()
    points.earn(ada, 1200, at=timezone.now())

    shown = text(page(agent_client, "customer", ada.pk))

    assert "1,800 more points before" in shown
    assert "to stay Silver" in shown


def test_the_customer_page_takes_as_many_queries_with_three_of_each(agent_client, ada, django_assert_max_num_queries):
    tier_table()

    def seen():
        with django_assert_max_num_queries(120) as queries_:
            page(agent_client, "customer", ada.pk)
        return len(queries_)

    points.earn(ada, 10, at=timezone.now())
    Benefit.objects.create(programme=programmes.main(), code="b0", name="B", tier="bronze")
    seen()
    one = seen()
    for n in (1, 2):
        points.earn(ada, 10, at=timezone.now())
        Benefit.objects.create(programme=programmes.main(), code=f"b{n}", name="B", tier="bronze")

    assert seen() == one


def test_a_membership_is_sold_renewed_and_cancelled_by_a_marketer(marketer_client, ada):
    vip = plan()

    for _ in range(2):  # a second press of the same form sells nothing more
        post(marketer_client, "customer_memberships", ada.pk, plan=vip.pk, key="page:1")
    made = Membership.objects.get()
    post(marketer_client, "renew_membership", made.pk)
    shown = text(page(marketer_client, "customer_memberships", ada.pk))
    post(marketer_client, "cancel_membership", made.pk)

    assert "pay back" in shown
    assert list(Membership.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "paid"]
    assert "Ada Example" in text(page(marketer_client, "memberships"))


def test_a_membership_that_overlaps_is_refused_on_the_form(marketer_client, ada):
    vip = plan()
    memberships.start(ada, vip)

    answer = post(marketer_client, "customer_memberships", ada.pk, plan=vip.pk, key="page:2")

    assert "already" in text(answer)
    assert Membership.objects.count() == 1


def test_support_sells_and_does_not_cancel(agent_client, ada):
    made = memberships.start(ada, plan())

    assert "Cancel, pay back" not in text(page(agent_client, "customer_memberships", ada.pk))
    assert post(agent_client, "cancel_membership", made.pk).status_code == 403
    assert post(agent_client, "renew_membership", made.pk).status_code == 302


@pytest.mark.parametrize("name", ["memberships", "causes", "tiers"])
def test_a_list_takes_as_many_queries_for_three_as_for_one(marketer_client, ada, django_assert_max_num_queries, name):
    tier_table()
    vip, trees = plan(), cause()
    EarlyAccess.objects.create(code="e", name="E", opens_at=timezone.now())

    def happen():
        one = make()
        points.grant(one, 100, reason="so")
        points.earn(one, 1500, at=timezone.now())
        standings.settle({one.pk: timezone.now()}, programme=programmes.main(fresh=True))
        memberships.start(one, vip, at=timezone.now() - timedelta(days=340))
        causes.give(one, 10, to=trees)

    def seen():
        with django_assert_max_num_queries(60) as queries_:
            page(marketer_client, name)
        return len(queries_)

    happen()
    one = seen()
    happen()
    happen()

    assert seen() == one


def test_points_are_given_to_a_cause_once(agent_client, ada):
    trees = cause()
    points.grant(ada, 500, reason="welcome")

    for _ in range(2):
        answer = post(agent_client, "give_points", ada.pk, cause=trees.pk, points=300, key="page:3")
    too_many = post(agent_client, "give_points", ada.pk, cause=trees.pk, points=300, key="page:4")

    assert answer.status_code == 302
    assert Gift.objects.get().points == 300
    assert "100 are missing" in text(too_many)
    assert "6.00" in text(page(agent_client, "causes"))


def test_the_first_month_of_what_is_payable_is_whole(agent_client, ada):
    today = arithmetic.local_day(timezone.now(), "UTC")
    first, last = arithmetic.add_months(today.replace(day=1), -24), arithmetic.add_months(today.replace(day=1), -23)
    given = [arithmetic.start_of(day, "UTC") for day in (first - timedelta(days=1), first, last - timedelta(days=1))]
    points.grant(ada, 500, reason="welcome", at=given[0])
    trees = cause()
    for n, at in enumerate(given):
        causes.give(ada, 100 + n, to=trees, at=at)

    months = page(agent_client, "causes").context["months"]

    assert [(row.month, row.gifts, row.points) for row in months] == [(first, 2, 203)]


def test_no_membership_is_out_of_reach(marketer_client, ada, monkeypatch):
    monkeypatch.setattr(membership_pages, "SHOWN", 1)
    vip = plan()
    memberships.start(ada, vip)
    memberships.start(make(name="Bea Example"), vip)

    first = page(marketer_client, "memberships").context["page"]
    second = page(marketer_client, "memberships", after=str(first.next)).context["page"]

    assert [[row.customer.name for row in each.rows] for each in (first, second)] == [["Bea Example"], ["Ada Example"]]
    assert second.next is None


def test_pages_say_what_to_do_where_there_is_nothing(marketer_client, ada):
    assert "No members yet" in text(page(marketer_client, "memberships"))
    assert "No causes yet" in text(page(marketer_client, "causes"))
    assert "Never a member" in text(page(marketer_client, "customer_memberships", ada.pk))
    assert "No cause takes gifts now" in text(page(marketer_client, "give_points", ada.pk))


def test_who_may_not_does_not(intern_client, board_manager_client, ada):
    tier_table()
    pages = [("tiers",), ("draft_tiers",), ("grant_tier", ada.pk), ("memberships",), ("causes",)]
    pages += [("customer_memberships", ada.pk), ("give_points", ada.pk)]

    assert [page(intern_client, *each).status_code for each in pages] == [403] * len(pages)
    assert page(board_manager_client, "draft_tiers").status_code == 403
    assert post(board_manager_client, "apply_tiers").status_code == 403


def test_settings_are_kept_in_the_admin_with_tiers_to_choose_from(marketer_client, ada):
    tier_table()
    vip, trees = plan(), cause()

    for model, row in (("plan", vip), ("cause", trees)):
        assert page(marketer_client, f"loyalty_{model}_changelist").status_code == 200
        assert page(marketer_client, f"loyalty_{model}_change", row.pk).status_code == 200
    for model in ("benefit", "earlyaccess"):
        assert "Gold" in text(page(marketer_client, f"loyalty_{model}_add"))
    fields = {"programme": vip.programme_id, "name": "VIP", "code": "vip", "price": "70.00", "currency": "EUR"}
    fields |= {"months": 12, "grace_days": 3, "reminder_days": "30", "refunds": "on", "tier": "gold", "on_sale": "on"}
    marketer_client.post(reverse("admin:loyalty_plan_change", args=[vip.pk]), fields)

    changed = Plan.objects.get()
    assert (changed.price, changed.tier, changed.grace_days) == (7000, "gold", 3)
