"""Pages of rewards, redemptions, vouchers and stamp cards."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from customers.models import AccessLog
from loyalty import codes
from loyalty.actions import claims, points, rewards, stamps, vouchers
from loyalty.models import Claim, Reward, StampCard, Voucher
from loyalty.pages import claims as claim_pages
from loyalty.pages import stamps as stamp_pages
from loyalty.pages.claims import on_the_customer_page, to_hand_over
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme, reward, stamp_card
from tests.factories.purchases import line, purchase

pytestmark = pytest.mark.django_db
AT = on("2026-03-02", "10:00:00")


@pytest.fixture
def customer():
    cache.clear()
    programme()
    made = customers.customer(name="Iris Example")
    points.grant(made, 500, reason="start")
    return made


def page(client, name, /, *arguments, **query):
    return client.get(reverse(f"admin:{name}", args=arguments), query)


def post(client, name, /, *arguments, **fields):
    return client.post(reverse(f"admin:{name}", args=arguments), fields)


def text(response):
    return " ".join(response.content.decode().split())


def message(response):
    """The latest thing that the page says at its top."""
    return [str(one) for one in response.context["messages"]][-1]


def queries_of(client, django_assert_max_num_queries, name, *arguments):
    with django_assert_max_num_queries(60) as seen:
        assert page(client, name, *arguments).status_code == 200
    return len(seen)


WISH = {
    "name": "Five off",
    "code": "five-off",
    "kind": "voucher",
    "points": 100,
    "money": "1.50",
    "worth": "amount",
    "amount": "5.00",
    "uses": 1,
    "unused": "return",
    "match_percent": 0,
    "listed": "on",
    "bound": "on",
    "opens_at": "2026-03-01T09:30",
}


def test_a_marketer_makes_a_reward_puts_it_live_changes_and_retires_it(marketer_client, customer):
    made = post(marketer_client, "reward_new", **WISH)
    one = Reward.objects.get()
    assert made.url == reverse("admin:reward", args=[one.pk])
    assert (one.status, one.amount, one.money, one.currency, one.tiers) == ("draft", 500, 150, "EUR", [])

    post(marketer_client, "reward_turn", one.pk, offer="1")
    post(marketer_client, "reward_change", one.pk, **WISH | {"name": "Five euros off", "stock": "9"})
    one.refresh_from_db()
    assert (one.status, one.name, one.stock) == ("live", "Five euros off", 9)

    post(marketer_client, "reward_turn", one.pk, retire="1")
    refused = marketer_client.post(reverse("admin:reward_turn", args=[one.pk]), {"offer": "1"}, follow=True)
    assert message(refused) == "A retired reward does not come back: make a new one."


def test_a_change_that_does_not_touch_the_stock_leaves_what_was_taken_meanwhile(marketer_client, customer):
    made = reward("five-off", kind="voucher", stock=5)
    form = page(marketer_client, "reward_change", made.pk).context["form"]
    claims.take(customer, made)

    post(marketer_client, "reward_change", made.pk, **WISH | {"stock": str(form["stock"].value()), "points": "100"})

    assert Reward.objects.get().stock == 5  # the form said 5 where there were 4: a change, as it was typed


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"worth": ""}, "worth"),
        ({"worth": "percent"}, "percent"),
        ({"worth": "product"}, "product"),
        ({"kind": "gift_card", "worth": "percent", "percent": "5"}, "worth"),
        ({"kind": "donation", "party": ""}, "party"),
        ({"limit_period": "1"}, "period"),
        ({"closes_at": "2026-03-01T09:30"}, "closes_at"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(marketer_client, customer, changes, field):
    answer = post(marketer_client, "reward_new", **WISH | changes)

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert Reward.objects.count() == 0


def test_a_second_reward_with_the_same_code_is_refused_on_the_form(marketer_client, customer):
    reward("five-off")

    assert "already exists" in text(post(marketer_client, "reward_new", **WISH))


def test_the_catalogue_shows_what_is_live_and_by_choice_the_rest(agent_client, customer):
    reward("tea", name="A tin of tea", stock=0)
    reward("old", name="An old thing", status="retired")

    assert "A tin of tea" in text(page(agent_client, "rewards"))
    assert "none left" in text(page(agent_client, "rewards"))
    assert "An old thing" in text(page(agent_client, "rewards", status="retired"))
    assert "No reward here" in text(page(agent_client, "rewards", status="draft"))


def test_a_reward_shows_what_became_of_it(marketer_client, customer):
    made = reward(kind="voucher")
    claims.take(customer, made)
    rewards.issue(made, to=customer, reason="gift", key="g")

    answer = page(marketer_client, "reward", made.pk)

    assert answer.context["claims"] == {"taken": 1, "given": 1, "waiting": 0, "undone": 0}
    assert answer.context["codes"]["open"] == 2


def test_a_reward_is_given_to_a_customer_once_however_often_the_button_is_pressed(marketer_client, customer):
    made = reward(kind="voucher")

    for _ in range(2):
        post(marketer_client, "reward_give", made.pk, number=customer.number, reason="sorry", key="page:1")
    wrong = post(marketer_client, "reward_give", made.pk, number="nobody", reason="sorry", key="page:2")

    assert (Claim.objects.count(), Claim.objects.get().customer) == (1, customer)
    assert "There is no customer with this number." in text(wrong)


def test_codes_are_made_and_downloaded(marketer_client, customer):
    made = reward(kind="voucher")
    post(marketer_client, "reward_codes", made.pk, name="Flyer", many="3", key="page:1")

    file = b"".join(page(marketer_client, "voucher_batch", made.batches.get().pk).streaming_content).decode()

    written = [row.split(",")[0] for row in file.splitlines()[1:]]
    assert sorted(written) == sorted(vouchers.code_of(voucher) for voucher in Voucher.objects.all())


def test_the_queue_is_handed_over(agent_client, customer, agent, rf):
    claim = claims.take(customer, reward(name="A tin of tea"))
    request = rf.get("/")
    request.user = agent
    assert to_hand_over(request)[1]["waiting"] == [claim]
    assert "A tin of tea" in text(page(agent_client, "claims"))

    post(agent_client, "claim_hand_over", claim.pk)
    again = agent_client.post(reverse("admin:claim_hand_over", args=[claim.pk]), follow=True)

    claim.refresh_from_db()
    assert (claim.status, claim.handled_by) == ("done", agent)
    assert message(again) == "The redemption is done."
    assert to_hand_over(request) is None
    assert "Nothing here" in text(page(agent_client, "claims"))


def test_a_redemption_is_cancelled_with_a_reason(agent_client, customer):
    claim = claims.take(customer, reward())

    without = post(agent_client, "claim", claim.pk, reason="")
    post(agent_client, "claim", claim.pk, reason="broken")

    assert without.status_code == 200
    assert (Claim.objects.get().status, buckets(customer)) == ("cancelled", (0, 500, 0, 0))


def test_a_refusal_to_cancel_is_shown_on_the_form(agent_client, customer):
    claim = claims.take(customer, reward(kind="donation"))

    assert "cannot be taken back" in text(post(agent_client, "claim", claim.pk, reason="wants it back"))


def test_what_one_can_have_and_what_is_missing_is_shown_and_taken_on_their_behalf(agent_client, customer):
    near, far = reward("near"), reward("far", points=620)

    shown = text(page(agent_client, "customer_rewards", customer.pk))
    for _ in range(2):
        done = post(agent_client, "take_reward", customer.pk, near.pk, key="page:1" * 40)
    refused = agent_client.post(reverse("admin:take_reward", args=[customer.pk, far.pk]), {"key": "k"}, follow=True)

    assert "120 are missing" in shown
    assert done.url == reverse("admin:claim", args=[Claim.objects.get().pk])
    assert buckets(customer) == (0, 400, 0, 0)
    assert message(refused) == "It takes 620 points, and there are 400: 220 are missing."


def test_what_costs_money_too_waits_until_it_is_paid_or_released(agent_client, customer):
    made = reward(money=500)
    for _ in range(2):
        post(agent_client, "take_reward", customer.pk, made.pk, key=f"page:{_}")
    paid, released = Claim.objects.order_by("pk")
    assert (paid.status, buckets(customer)) == ("held", (0, 300, 200, 0))

    post(agent_client, "claim_settle", paid.pk, paid="1")
    post(agent_client, "claim_settle", released.pk, void="1")
    refused = agent_client.post(reverse("admin:claim_settle", args=[released.pk]), {"paid": "1"}, follow=True)

    assert [claim.status for claim in Claim.objects.order_by("pk")] == ["waiting", "voided"]
    assert message(refused) == "The redemption is released."


def test_the_customer_page_has_a_part_for_rewards(rf, agent, customer):
    stamp_card(reward("free", kind="voucher"))
    purchase(customer, lines=(line(700, quantity=7),))
    stamps.count([customer.pk])
    request = rf.get("/")
    request.user = agent

    template, context = on_the_customer_page(request, customer)

    assert template == "loyalty/rewards/panel.html"
    assert ([card.stamps for card in context["cards"]], len(context["vouchers"])) == ([2], 1)


def gift(customer, **fields) -> Voucher:
    made = reward(kind="voucher", **fields)
    return rewards.issue(made, to=customer, reason="gift", key=f"g:{made.code}").voucher


def test_a_voucher_is_found_by_its_code_its_end_and_its_owner(agent_client, customer):
    made, other = gift(customer), gift(customers.customer(), code="other")
    code = vouchers.code_of(made)

    found = page(agent_client, "vouchers", query=code.lower())
    by_end = page(agent_client, "vouchers", query=made.ending)
    by_owner = page(agent_client, "vouchers", query=other.customer.number)
    wrong = page(agent_client, "vouchers", query=codes.new_code())

    assert found.url == reverse("admin:voucher", args=[made.pk])
    assert made in by_end.context["page"].rows
    assert by_owner.context["page"].rows == [other]
    assert "There is no voucher with this code." in text(wrong)

    vouchers.revoke(other, reason="stolen")
    Voucher.objects.filter(pk=made.pk).update(issued_at=on("2026-01-01"), expires_at=on("2026-01-02"))
    listed = {one: page(agent_client, "vouchers", state=one).context["page"].rows for one in Voucher.Status.values}
    assert listed == {"open": [], "used": [], "expired": [made], "revoked": [other]}


def test_a_code_is_shown_to_those_who_may_and_that_is_written_down(manager_client, agent_client, customer, manager):
    made = gift(customer)
    code = vouchers.code_of(made)

    assert code not in text(page(agent_client, "voucher", made.pk))
    assert post(agent_client, "voucher_code", made.pk).status_code == 403
    assert code in text(post(manager_client, "voucher_code", made.pk))
    assert AccessLog.objects.filter(customer=customer, fields="voucher code", by=manager).count() == 1


def test_a_voucher_is_released_and_revoked(agent_client, customer):
    made = gift(customer)
    vouchers.redeem(made, customer=customer, reference="O-1", goods=1000)
    assert "O-1" in text(page(agent_client, "voucher", made.pk))

    post(agent_client, "voucher_release", made.pk, reference="O-1")
    again = agent_client.post(reverse("admin:voucher_release", args=[made.pk]), {"reference": "O-1"}, follow=True)
    without = post(agent_client, "voucher", made.pk, reason="")
    assert "cancel the redemption instead: afterwards that is not possible" in text(without)
    post(agent_client, "voucher", made.pk, reason="stolen")

    made.refresh_from_db()
    assert message(again) == "The voucher is not used for O-1."
    assert (without.status_code, made.status, made.reason) == (200, "revoked", "stolen")


CARD = {"name": "Tea card", "code": "tea-card", "counts": "product", "value": "tea", "stamps": 5}


def test_a_stamp_card_is_made_put_live_and_ended(marketer_client, customer):
    gives = reward("free", kind="voucher")
    assert "No stamp card yet" in text(page(marketer_client, "stamp_cards"))

    post(marketer_client, "stamp_card_new", **CARD | {"reward": gives.pk})
    card = StampCard.objects.get()
    post(marketer_client, "stamp_card_turn", card.pk, offer="1")
    changed = post(marketer_client, "stamp_card", card.pk, **CARD | {"reward": gives.pk, "stamps": 3})
    post(marketer_client, "stamp_card_turn", card.pk, end="1")
    again = marketer_client.post(reverse("admin:stamp_card_turn", args=[card.pk]), {"offer": "1"}, follow=True)

    assert "make a new one instead" in text(changed)
    assert StampCard.objects.get().status == "ended"
    assert message(again) == "A card that has ended does not come back: make a new one."


def test_stamp_cards_and_what_a_customer_had_are_paged(manager_client, customer, monkeypatch):
    for pages in (claim_pages, stamp_pages):
        monkeypatch.setattr(pages, "PER_PAGE", 2)
    gives = reward("free", kind="voucher")
    cards = [stamp_card(gives, code=f"c{n}", name=f"Card {n}") for n in range(3)]
    tea = reward(points=1)
    taken = [claims.take(customer, tea, key=f"k{n}") for n in range(3)]
    given = [rewards.issue(gives, to=customer, reason="gift", key=f"g{n}").voucher for n in range(3)]

    def second(name, *arguments, rows):
        first = page(manager_client, name, *arguments)
        return page(manager_client, name, *arguments, after=str(first.context[rows].next))

    assert second("stamp_cards", rows="page").context["page"].rows == cards[2:]
    had = second("customer_rewards", customer.pk, rows="voucher_page")
    assert had.context["vouchers"] == given[:1]
    oldest = page(manager_client, "customer_rewards", customer.pk, page="3")
    assert list(oldest.context["claims"]) == [taken[1], taken[0]]
    assert "Page 3 of 3" in text(oldest)


def test_lists_take_as_many_queries_for_three_rows_as_for_one(manager_client, customer, django_assert_max_num_queries):
    names = ["rewards", "claims", "vouchers", "stamp_cards"]

    def one_more(number):
        stamp_card(reward(f"r{number}", kind="voucher"), code=f"c{number}")
        gift(customers.customer(), code=f"v{number}")
        claims.take(customer, reward(f"p{number}", points=1))

    def counts():
        lists = [queries_of(manager_client, django_assert_max_num_queries, name) for name in names]
        return [*lists, queries_of(manager_client, django_assert_max_num_queries, "customer_rewards", customer.pk)]

    one_more(1)
    counts()
    before = counts()
    one_more(2)
    one_more(3)

    assert counts() == before


@pytest.mark.parametrize(
    "address",
    [
        "reward_new",
        "reward_change",
        "reward_turn",
        "reward_give",
        "reward_codes",
        "claim",
        "claim_hand_over",
        "claim_settle",
        "customer_rewards",
        "take_reward",
        "voucher",
        "voucher_code",
        "voucher_release",
        "voucher_batch",
        "stamp_card_new",
        "stamp_card",
        "stamp_card_turn",
    ],
)
def test_every_page_is_closed_to_who_lacks_the_permission(intern_client, customer, address):
    arguments = {"reward_new": [], "stamp_card_new": [], "take_reward": [customer.pk, 1]}.get(address, [1])

    assert post(intern_client, address, *arguments).status_code == 403
    assert page(intern_client, address, *arguments).status_code == 403


def test_support_redeems_and_hands_over_but_does_not_change_the_catalogue(
    agent_client, board_manager_client, customer
):
    made = reward()
    claim = claims.take(customer, made)

    for name, arguments in (
        ("reward_new", []),
        ("reward_change", [made.pk]),
        ("reward_give", [made.pk]),
        ("stamp_card_new", []),
    ):
        assert page(agent_client, name, *arguments).status_code == 403
    assert post(board_manager_client, "claim", claim.pk, reason="because").status_code == 200
    assert Claim.objects.get().status == "waiting"
    assert post(board_manager_client, "claim_hand_over", claim.pk).status_code == 403
