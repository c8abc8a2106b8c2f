"""Views of figures keep their page, and are sent on time."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from communications.models import Message
from customers.models import Profile
from insights.actions import snapshots, views
from insights.models import FigureView
from insights.queries import letters
from people.actions.views import ViewRefused
from tests.factories.insights import shop

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 16, 9, 0, tzinfo=UTC)  # a Thursday, 11 o'clock in Berlin


@pytest.mark.parametrize(
    ("mailed", "at", "due"),
    [
        ("daily", AT, "2026-04-17 05:00"),
        ("daily", datetime(2026, 4, 16, 4, 0, tzinfo=UTC), "2026-04-16 05:00"),
        ("weekly", AT, "2026-04-20 05:00"),
        ("monthly", AT, "2026-05-01 05:00"),
        ("monthly", datetime(2026, 11, 30, 12, 0, tzinfo=UTC), "2026-12-01 06:00"),
    ],
)
def test_a_view_is_sent_on_the_morning_that_was_chosen(mailed, at, due):
    assert f"{views.after(mailed, at).astimezone(UTC):%Y-%m-%d %H:%M}" == due


def test_a_view_keeps_which_figure_and_when_it_is_sent(manager, manager_client):
    saved = {"name": "Mornings", "page": "figure", "argument": "retention", "query": "by=tier", "mailed": "daily"}
    answer = manager_client.post(reverse("admin:figure_views"), saved)
    assert answer.url == "/admin/figures/retention/?by=tier"
    view = FigureView.objects.get()
    assert manager_client.get(reverse("admin:figure_view", args=[view.pk])).url == answer.url
    assert "sent to Mia Manager every morning" in manager_client.get(reverse("admin:figure_views")).content.decode()
    due = view.next_at

    manager_client.post(reverse("admin:figure_view_change", args=[view.pk]), {"name": "Early", "mailed": "daily"})
    view.refresh_from_db()
    assert (view.name, view.next_at) == ("Early", due)
    manager_client.post(reverse("admin:figure_view_change", args=[view.pk]), {"name": "Early", "mailed": ""})
    view.refresh_from_db()
    assert (view.mailed, view.next_at) == ("", None)


def test_views_of_customers_at_risk_are_neither_sent_nor_shown_to_who_does_not_see_them(manager, board_manager):
    with pytest.raises(ViewRefused) as refused:
        views.save("High", "risk", query="band=high", by=manager, mailed="daily")
    assert refused.value.code == "never_sent"
    view = views.save("High", "risk", query="band=high", by=manager, shared=True)
    other = views.save("Board", "retention_board", by=manager, shared=True)
    assert list(FigureView.objects.seen_by(board_manager)) == [other]
    with pytest.raises(ViewRefused) as refused:
        views.change(view, by=manager, name="High", mailed="daily")
    assert refused.value.code == "never_sent"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"page": "index"}, "unknown_page"),
        ({"page": "figure", "argument": "luck"}, "unknown_page"),
        ({"page": "figure"}, "unknown_page"),
        ({"argument": "retention"}, "unknown_page"),
        ({"mailed": "daily"}, "no_address"),
    ],
)
def test_a_view_that_cannot_be_is_refused(manager, wrong, code):
    manager.email = ""
    with pytest.raises(ViewRefused) as refusal:
        views.save(**{"name": "a", "page": "figures", "by": manager} | wrong)
    assert refusal.value.code == code


def test_what_is_due_is_sent_once_to_who_may_still_see_it(manager, intern):
    shop([["2025-12-03", "2026-03-02"], ["2026-02-10"]])
    snapshots.take_all(day=date(2026, 4, 16))
    for user, page, argument in ((manager, "figures", ""), (manager, "figure", "retention"), (intern, "figures", "")):
        user.email = f"{user.username}@example.com"
        user.save()
        views.save(f"{page} of {user}", page, by=user, argument=argument, mailed="daily", at=AT)

    assert views.send_due(at=AT) == 0
    late = datetime(2026, 4, 19, 9, 0, tzinfo=UTC)
    assert (views.send_due(at=late), views.send_due(at=late)) == (2, 0)

    letters = {message.subject.split(":")[0]: message for message in Message.objects.all()}
    assert set(letters) == {f"figures of {manager}", f"figure of {manager}"}
    text = letters[f"figures of {manager}"].text
    assert "Retention, 2026-03: 100.0 % (n = 1)" in text
    assert "2026-03: 100.0 % (n = 1)" in letters[f"figure of {manager}"].text
    assert "/admin/figures/retention/" in letters[f"figure of {manager}"].html


def test_a_letter_has_what_its_view_shows(marketer):
    first, _second = shop([["2025-03-03", "2026-02-02", "2026-03-02"], ["2026-03-10"]])
    Profile.objects.filter(pk=first.pk).update(tier="gold")
    snapshots.take_all(day=date(2026, 4, 16))

    def said(page: str, query: str, argument: str = "") -> list[str]:
        view = views.save("v", page, by=marketer, query=query, argument=argument, replace=True)
        return letters.letter(view).text.splitlines()[:-4]

    titles = [line.split(",")[0] for line in said("figures", "section=voice")]
    assert titles == ["NPS", "CSAT", "CES", "Complaints", "First answer after", "Complaint closed after"]
    assert said("figures", "")[0].startswith("Sales less returns")  # what marketing looks at first
    assert said("figure", "by=tier&since=2026-02&until=2026-03", "orders") == [
        "-, 2026-03: 1 (n = 1)", "gold, 2026-03: 1 (n = 1) +0.0 %", "2026-03: 2 (n = 2) +100.0 %",
        "2026-02: 1 (n = 1)",
    ]  # fmt: skip
    assert said("figure", "since=2026-03&until=9999-12&compare=year", "orders") == ["2026-03: 2 (n = 2) +100.0 %"]
    assert said("figure", "currency=USD", "orders") == []
