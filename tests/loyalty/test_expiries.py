"""How long points last by programme, tier and rule; and why a lot expires when it does."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from loyalty import queries
from loyalty.actions import adjustments, earning, points, quotes, redemptions, tiers
from loyalty.actions.quotes import Basket
from loyalty.actions.tiers import Step
from loyalty.models import Lot, Programme, Tier
from loyalty.queries import expiries
from tests.factories import customers, purchases
from tests.factories.integrations import Caller
from tests.factories.loyalty import on, programme, tier_table
from tests.factories.rules import fixed, rule

pytestmark = pytest.mark.django_db
BASE, GOLD = Step("base", "Base", 0), Step("gold", "Gold", 100, points_last=0)


def ends(customer):
    return {lot.granted: lot.expires_at for lot in Lot.objects.filter(wallet__customer=customer)}


def test_fixed_dates_hold_for_whatever_comes_in():
    programme(expiry_dates="03-31", expiry_months=3, currency="EUR", return_window_days=14)
    rule(fixed(9, lasting={"dates": ["06-30"]}), name="Half")
    customer = customers.customer()

    points.grant(customer, 1, reason="lot", at=on("2026-12-31"))
    adjustments.adjust(customer, 2, reason="sorry", by=None, at=on("2027-01-01"))
    earning.record_purchase(purchases.order(customer, 500, at=on("2026-06-30")))

    april = {1: on("2027-04-01"), 2: on("2028-04-01"), 5: on("2027-04-01")}
    assert ends(customer) == april | {9: on("2027-07-01")}  # it would be gone before it could be spent
    quote = quotes.ask(Basket("EUR", 500, at=on("2026-06-30")))
    assert quote.expires_at == on("2027-04-01")


def test_what_is_earned_in_a_tier_lasts_as_the_tier_says_and_the_order_that_crosses_the_line_does_not():
    programme(expiry_months=12, currency="EUR")
    tier_table(BASE, Step("silver", "Silver", 50, points_last=24), GOLD)
    customer, other = customers.customer(), customers.customer()
    for amount, day in ((6000, "2026-01-01"), (5000, "2026-02-01"), (100, "2026-03-01")):
        earning.record_purchase(purchases.order(customer, amount, at=on(day)))
    points.grant(other, 7, reason="lot", at=on("2026-03-01"))

    assert ends(customer) == {60: on("2027-01-02"), 50: on("2028-02-02"), 1: None}
    assert ends(other) == {7: on("2027-03-02")}
    assert quotes.ask(Basket("EUR", 100, at=on("2026-03-01")), customer=customer).expires_at is None
    lots = Lot.objects.filter(wallet__customer=customer).select_related("origin").order_by("pk")
    assert list(expiries.reasons(list(lots), programme(expiry_months=12)).values()) == [
        "12 months after they were earned",
        "24 months after they were earned, as in the tier that the customer had",
        "",
    ]


def test_a_batch_asks_for_the_tiers_once_and_a_programme_without_such_tiers_not_at_all(django_assert_num_queries):
    programme(expiry_months=12)
    tier_table(BASE, Step("silver", "Silver", 50))
    made = [customers.customer() for _ in range(3)]
    wishes = [points.Points(each.pk, 5, on("2026-01-01")) for each in made]
    points.earn_many(wishes)
    rules = programme_now()
    with django_assert_num_queries(0):
        assert expiries.lasting_of(rules, [each.pk for each in made], on("2026-01-01")) == {}

    tiers.apply(tiers.draft(programme_now(), steps=[BASE, GOLD]), at=on("2026-01-01"))
    rules = programme_now()
    expiries.lasting_of(rules, [made[0].pk], on("2026-01-01"))
    with django_assert_num_queries(1):
        assert expiries.lasting_of(rules, [each.pk for each in made], on("2026-01-01")) == {}


def programme_now():
    return Programme.objects.get(main=True)


def test_points_given_back_after_their_date_say_so():
    programme(expiry_months=1, reinstatement_days=10)
    customer = customers.customer()
    points.grant(customer, 10, reason="lot", at=on("2026-01-10"))
    spent = redemptions.redeem(customer, 10, at=on("2026-01-11"))
    redemptions.reverse(spent, 10, reason="cancelled", at=on("2026-03-01"))

    lots = Lot.objects.filter(available=10).select_related("origin")
    [why] = expiries.reasons(list(lots), programme_now()).values()
    assert why == "1 month after they were earned; they had come back, or moved, after that"
    assert queries.next_expiries(customer, at=on("2026-03-01"))[0].at == on("2026-03-12")


def test_the_page_of_a_transaction_says_why_its_points_expire_then(agent_client):
    programme(expiry_dates="03-31", expiry_months=3)
    granted = points.grant(customers.customer(), 10, reason="lot")

    shown = agent_client.get(reverse("admin:points_transaction", args=[granted.pk])).content.decode()

    assert "on the first 31 March that is at least 3 months after they were earned" in shown


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"expiry_dates": "31 March"}, "expiry_dates_are_days_of_a_year"),
        ({"expiry_activities": "visited"}, "sliding_expiry_has_months_and_no_fixed_days"),
        (
            {"expiry_activities": "visited", "expiry_months": 2, "expiry_dates": "03-31"},
            "sliding_expiry_has_months_and_no_fixed_days",
        ),
    ],
)
def test_the_database_refuses_an_expiry_that_cannot_be(changes, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        programme(**changes)


def test_marketing_sets_the_expiry_up(marketer_client):
    rules = programme(expiry_months=12)
    url = reverse("admin:loyalty_programme_change", args=[rules.pk])
    page = marketer_client.get(url)
    typed = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    typed |= {"expiry_activities": [], "rate_money": "1.00", "cost_money": "0.01"}

    answer = marketer_client.post(url, typed | {"expiry_dates": "3-31, 9-30", "expiry_activities": ["visited"]})
    assert "needs so many months, and no fixed days" in answer.content.decode()
    assert "written 03-31" in marketer_client.post(url, typed | {"expiry_dates": "2-31"}).content.decode()

    assert marketer_client.post(url, typed | {"expiry_dates": "9-30, 3-31"}).status_code == 302
    assert Programme.objects.get(pk=rules.pk).expiry_dates == "03-31,09-30"
    visits = {"expiry_activities": ["visited", "reviewed"]}
    assert marketer_client.post(url, typed | {"expiry_dates": ""} | visits).status_code == 302
    assert Programme.objects.get(pk=rules.pk).activities == {"visited", "reviewed"}
    assert "12 months after the last activity" in marketer_client.get(url).content.decode()
    money = {"rate_money": "2.50", "pay_points": "100", "pay_money": "0.99"}
    assert marketer_client.post(url, typed | visits | money).status_code == 302
    now = Programme.objects.get(pk=rules.pk)
    assert (now.rate_money, now.pay_money) == (250, 99)
    assert 'value="2.50"' in marketer_client.get(url).content.decode()


def test_a_tier_says_how_long_its_points_last(marketer_client):
    programme(expiry_months=12)
    tier_table(BASE, Step("gold", "Gold", 100, points_last=24))
    assert "24 months after they were earned" in marketer_client.get(reverse("admin:tiers")).content.decode()

    url = reverse("admin:draft_tiers")
    form = {"qualify_by": "points", "span": "rolling", "months": 12, "lowering": "immediate", "step": "all"}
    form |= {"review_months": 12, "grace_days": 0, "form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2}
    for n, (name, threshold, months) in enumerate((("Base", 0, ""), ("Gold", 100, 36))):
        row = {"name": name, "code": name.lower(), "threshold": threshold, "points_last": months}
        form |= {f"form-{n}-{column}": value for column, value in row.items()}
    assert marketer_client.post(url, form).status_code == 302
    assert list(Tier.objects.filter(table__starts_at=None).values_list("points_last", flat=True)) == [None, 36]


def test_the_api_tells_of_each_lot_until_when_and_why(django_assert_max_num_queries):
    programme(expiry_dates="03-31", expiry_months=3)
    customer = customers.customer()
    caller, url = Caller(), f"/api/v1/customers/{customer.number}/lots/"
    assert caller.get(url).json() == []

    def seen():
        with django_assert_max_num_queries(20) as asked:
            shown = caller.get(url).json()
        return shown, len(asked)

    points.grant(customer, 10, reason="lot", at=on("2026-12-31"))
    first, of_one = seen()
    points.grant(customer, 4, reason="own", expires_at=None)
    points.grant(customer, 5, reason="own", expires_at=on("2040-01-01"))
    three, of_three = seen()

    assert first[0]["expires_at"] == "2027-04-01T00:00:00Z"
    assert [(each["available"], each["why"]) for each in three] == [
        (10, "on the first 31 March that is at least 3 months after they were earned"),
        (5, "a date of its own"),
        (4, ""),
    ]
    assert of_one == of_three
