"""Opens and clicks: nothing is known unless a setting says so, and a machine is told from a person."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communications import designs, links, tracking
from communications.actions import belongings, plans, publishing, sending
from communications.models import Message, Reaction, ReactionTotal, Step, Touchpoint
from communications.queries.outbox import SHUT
from communications.tracking import Mark
from customers.actions import consents
from customers.models import Fact
from tests.factories import plans as made
from tests.factories.communications import message
from tests.factories.customers import customer
from tests.factories.mail import mail_server

PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"}
SHOP = "https://shop.example/tea?a=1&b=2"


def path(url: str) -> str:
    return url.removeprefix("http://127.0.0.1:8000")


def letter(who, **changes) -> Message:
    html = (
        f'<html><body><a class="x" href="{SHOP.replace("&", "&amp;")}">Tea</a> <a href="mailto:a@b.example">Write</a> '
        f'<a href="{links.preferences(who.pk)}">Choose</a></body></html>'
    )
    return message("kim@example.com", customer=who, html=html, kind="marketing", purpose="offers", **changes)


def sent_html(settings, who, **changes) -> tuple[Message, str]:
    cache.delete(SHUT)
    consents.decide(who, channel="email", purpose="offers", granted=True, source="form")
    one = letter(who, **changes)
    with mail_server(settings) as server:
        assert sending.send_due() == 1
    return one, server.mails[0].get_body(("html",)).get_content()


def marks(html: str) -> tuple[list[str], list[str]]:
    """Addresses of links and of pictures."""
    return (
        [part.split('"')[0] for part in html.split('href="')[1:]],
        [part.split('"')[0] for part in html.split('src="')[1:]],
    )


@pytest.mark.django_db(transaction=True)
def test_without_the_setting_a_letter_goes_out_as_it_was_written(settings):
    one, html = sent_html(settings, customer())
    assert html.strip() == one.html
    mark = tracking.token(Mark(message=one.pk, target=SHOP))
    assert Client(headers=PERSON).get(f"/c/{mark}").url == SHOP
    assert not Reaction.objects.exists()
    assert not Fact.objects.filter(verb="email_clicked").exists()


@pytest.mark.django_db(transaction=True)
def test_where_each_letter_may_be_known_a_person_stands_on_the_timeline_and_a_machine_does_not(settings):
    settings.TRACKING = "individual"
    kim = customer()
    one, html = sent_html(settings, kim)
    (link, mail, choose), [picture] = marks(html)
    assert (mail, choose) == ("mailto:a@b.example", links.preferences(kim.pk))
    assert html.index(picture) < html.index("</body>")
    quick = Client(headers=PERSON).get(path(link))
    assert (quick.status_code, quick.url) == (302, SHOP)
    Message.objects.filter(pk=one.pk).update(handed_at=timezone.now() - timedelta(minutes=5))
    for agent in ("Mozilla/5.0", "", "Barracuda Sentinel", "GoogleImageProxy"):
        assert Client(headers={"User-Agent": agent}).get(path(picture)).headers["Content-Type"] == "image/gif"
    assert Client(headers=PERSON).head(path(link)).status_code == 302
    assert not Fact.objects.filter(customer=kim, verb__startswith="email_").exists()
    for _again in range(2):
        Client(headers=PERSON).get(path(link))
        Client(headers=PERSON).get(path(picture))
    told = Fact.objects.filter(customer=kim, verb__startswith="email_").order_by("verb")
    assert [(fact.verb, fact.about) for fact in told] == [
        ("email_clicked", {"message": one.pk}), ("email_opened", {"message": one.pk}),
    ]  # fmt: skip
    counted = Reaction.objects.order_by("kind", "machine").values_list("kind", "machine", "times", "target")
    assert list(counted) == [
        ("clicked", False, 2, SHOP), ("clicked", True, 2, SHOP), ("opened", False, 2, ""), ("opened", True, 4, ""),
    ]  # fmt: skip
    settings.TRACKING = ""
    Client(headers=PERSON).get(path(link))
    assert Reaction.objects.get(kind="clicked", machine=False).times == 2
    belongings.forget(kim)
    settings.TRACKING = "individual"
    Client(headers=PERSON).get(path(link))
    assert not Reaction.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_where_only_sums_may_be_known_nobody_can_be_told_from_them(settings):
    settings.TRACKING = "aggregate"
    kim, lee = customer(), customer()
    _one, html = sent_html(settings, kim)
    _other, same = sent_html(settings, lee)
    (link, *_rest), [picture] = marks(html)
    assert ([link], [picture]) == (marks(same)[0][:1], marks(same)[1])
    for _again in range(3):
        Client(headers=PERSON).get(path(link))
    Client(headers=PERSON).get(path(picture))
    assert set(ReactionTotal.objects.values_list("step", "kind", "target", "machine", "times")) == {
        (None, "clicked", "https://shop.example/tea", False, 3), (None, "opened", "", False, 1),
    }  # fmt: skip
    assert not Reaction.objects.exists()
    assert not Fact.objects.filter(verb__startswith="email_").exists()


@pytest.mark.django_db
def test_nobody_is_led_where_we_did_not_want(settings):
    settings.TRACKING = "individual"
    good = tracking.token(Mark(target="https://shop.example/"))
    for wrong in ("x", good[:-1], good.replace(".", "A."), tracking.token(Mark(message=1))):
        assert Client().get(f"/c/{wrong}").status_code == 404
    assert Client().get("/o/x").status_code == 200
    assert Client().post(f"/c/{good}").status_code == 405
    assert tracking.read(tracking.token(Mark(7, 9, SHOP))) == Mark(7, 9, SHOP)


def test_what_is_written_without_html_or_too_long_stays_as_it_is():
    assert tracking.marked("", message=1, step=1, how="individual") == ""
    for letters in ("a" * 1500, "ข" * 500):
        long = f'<a href="https://shop.example/{letters}">x</a>'
        assert tracking.marked(long, message=1, step=1, how="individual").startswith(long)
        assert tracking.marked(long, message=1, step=1, how="") == long


@pytest.mark.django_db
def test_results_and_templates_say_what_was_opened_and_which_links_were_followed(marketer_client, settings):
    """Counted by letter and in sums alike, machines apart from people, a step of two versions as one."""
    settings.TRACKING = "aggregate"
    plan = made.sequence(made.letter(name="Hello"))
    kim, now = made.consenting(), timezone.now()
    old = made.enrolled(plan, kim, anchor=now)
    publishing.publish(plans.edit(plan, replace(designs.of(plans.latest(plan)), priority=5)))
    steps = list(Step.objects.order_by("version__number"))
    one = message(customer=kim)
    Touchpoint.objects.filter(pk=old.pk).update(step=steps[0], message=one, state="queued", queued_at=now)
    Reaction.objects.create(message=one, kind="clicked", target=SHOP, machine=False, at=now, last_at=now, times=1_200)
    for step, kind, target, machine, times in (
        (steps[1], "clicked", "https://shop.example/tea", False, 34), (steps[1], "opened", "", True, 7),
    ):  # fmt: skip
        ReactionTotal.objects.create(step=step, day=now, kind=kind, target=target, machine=machine, times=times)

    def table(address: str) -> list[str]:
        page = marketer_client.get(address).content.decode().partition('id="reactions"')[2].partition("</table>")[0]
        return re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", page)[4:]

    rows = ["Hello", "0", "7", "opened", "Hello", "1,234", "0", "https://shop.example/tea"]
    assert table(reverse("admin:plan_results", args=[plan.pk])) == rows
    named = [f"{plan}: {cell}" if cell == "Hello" else cell for cell in rows]
    assert table(reverse("admin:template", args=[steps[0].template_id])) == named
    Reaction.objects.all().delete()
    ReactionTotal.objects.all().delete()
    page = marketer_client.get(reverse("admin:plan_results", args=[plan.pk])).content.decode()
    assert "Nobody has opened a letter of it" in page
