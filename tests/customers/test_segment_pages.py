"""The pages on which marketers build segments."""

import pytest
from django.urls import reverse

from customers.actions import customers, segments
from customers.models import AccessLog, Segment
from customers.newcomers import Newcomer
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db

GERMAN = {
    "groups": [
        {"match": "all", "conditions": [{"field": "country", "how": "in", "values": ["DE"], "name": "", "not": False}]}
    ]
}


def row(place: str, field: str, how: str, value="", **more) -> dict:
    said = {"field": field, "was": field, "how": how, "value": value, "not": "no", **more}
    return {f"{place}-{name}": each for name, each in said.items()}


def test_a_marketer_builds_a_segment_row_by_row(marketer_client):
    customer(country="DE")
    customer(country="FR")
    posted = {"name": "German", "description": "", "match": "all"}

    first = marketer_client.post(reverse("admin:segment_draft"), {**posted, "add": "group"})
    assert 'name="g0-r0-field"' in first.content.decode()
    assert first["HX-Trigger-After-Swap"] == "rows-changed"
    posted |= {"g0-match": "all"} | row("g0-r0", "country", "in", "DE")
    counted = marketer_client.post(reverse("admin:segment_count"), posted).content.decode()
    assert "Customers with country DE." in counted
    assert "of 2 customers now (50%)" in counted

    saved = marketer_client.post(reverse("admin:new_segment"), {**posted, "save": "1"})

    made = Segment.objects.get()
    assert saved.url == reverse("admin:segment", args=[made.pk])
    assert (made.name, made.created_by.username) == ("German", "marketer")
    assert made.conditions["groups"][0]["conditions"][0]["values"] == ["DE"]
    shown = marketer_client.get(saved.url).content.decode()
    assert "1 customer" in shown


def test_two_who_change_a_segment_at_once_do_not_undo_each_other(marketer_client):
    made = segments.make("German", GERMAN)
    here = reverse("admin:change_segment", args=[made.pk])
    seen = marketer_client.get(here).context["form"]["seen"].value()
    posted = {"seen": seen, "description": "", "g0-match": "all", "save": "1"} | row("g0-r0", "country", "in", "DE")

    assert marketer_client.post(here, posted | {"name": "At home"}).status_code == 302
    refused = marketer_client.post(here, posted | {"name": "Neighbours"}).content.decode()

    assert "Somebody else has changed this segment meanwhile." in refused
    assert Segment.objects.get().name == "At home"


def test_rows_and_groups_are_added_and_dropped(marketer_client):
    posted = {"match": "any", "g0-match": "any", "g1-match": "all"}
    posted |= row("g0-r0", "country", "in", "DE") | row("g0-r1", "city", "in", "Bonn")
    posted |= row("g1-r0", "value", "at_least", "10.50")

    def drawn(**button) -> str:
        return marketer_client.post(reverse("admin:segment_draft"), posted | button).content.decode()

    assert "g0-r2-field" in drawn(add="g0")
    assert "g2-r0-field" in drawn(add="group")
    fewer = drawn(drop="g0-r0")
    assert "g0-r1-field" not in fewer
    assert 'value="Bonn"' in fewer
    alone = drawn(drop="g0")
    assert "g1-match" not in alone
    assert 'value="10.50"' in alone
    assert (
        "g0-match"
        not in marketer_client.post(
            reverse("admin:segment_draft"), {"g0-match": "all", **row("g0-r0", "country", "in"), "drop": "g0-r0"}
        ).content.decode()
    )


def test_another_field_does_not_inherit_the_values_of_the_one_before(marketer_client):
    posted = {"g0-match": "all", **row("g0-r0", "city", "in", "Bonn", was="country")}

    assert "Bonn" not in marketer_client.post(reverse("admin:segment_draft"), posted).content.decode()


def test_a_row_that_says_nothing_yet_is_refused_beside_it_and_not_counted(marketer_client):
    posted = {"name": "Odd", "match": "all", "g0-match": "all"} | row("g0-r0", "purchases", "at_least", "")

    refused = marketer_client.post(reverse("admin:new_segment"), posted | {"save": "1"})

    assert "Say with what number of purchases is compared." in refused.content.decode()
    assert "Every customer." in refused.content.decode()
    assert not Segment.objects.exists()


def test_a_name_that_is_taken_is_refused_on_the_form(marketer_client):
    segments.make("German", GERMAN)

    refused = marketer_client.post(reverse("admin:new_segment"), {"name": "german", "match": "all", "save": "1"})

    assert "There is already a segment called german." in refused.content.decode()


def test_a_segment_is_changed_where_it_stands(marketer_client):
    made = segments.make("German", GERMAN)
    address = reverse("admin:change_segment", args=[made.pk])
    assert 'value="DE"' in marketer_client.get(address).content.decode()
    posted = {"name": "French", "match": "all", "save": "1", "g0-match": "all"} | row("g0-r0", "country", "in", "FR")

    marketer_client.post(address, posted)

    made.refresh_from_db()
    assert (made.name, made.version) == ("French", 2)


def test_money_is_typed_in_whole_units_and_kept_in_minor_ones(marketer_client):
    posted = {"name": "Big", "match": "all", "save": "1", "g0-match": "all"}
    marketer_client.post(reverse("admin:new_segment"), posted | row("g0-r0", "value", "at_least", "10.50"))

    made = Segment.objects.get()
    assert made.conditions["groups"][0]["conditions"][0]["values"] == [1050]
    assert 'value="10.50"' in marketer_client.get(reverse("admin:change_segment", args=[made.pk])).content.decode()


def test_a_segment_is_removed(marketer_client):
    made = segments.make("German", GERMAN)

    assert marketer_client.post(reverse("admin:remove_segment", args=[made.pk])).url == reverse("admin:segments")

    assert not Segment.objects.exists()


def test_support_sees_segments_and_does_not_make_them(agent_client, intern_client):
    made = segments.make("German", GERMAN)

    assert agent_client.get(reverse("admin:segments")).status_code == 200
    assert "New segment" not in agent_client.get(reverse("admin:segments")).content.decode()
    for name, args in (("new_segment", []), ("change_segment", [made.pk]), ("remove_segment", [made.pk])):
        assert agent_client.post(reverse(f"admin:{name}", args=args)).status_code == 403
    assert intern_client.get(reverse("admin:segments")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_and_a_segment_take_the_same_queries_for_one_and_for_three(
    count, marketer_client, django_assert_num_queries
):
    for number in range(count):
        customer(country="DE", number=str(number))
        made = segments.make(f"German {number}", GERMAN)
    for name, args, queries in (("segments", [], 5), ("segment", [made.pk], 8)):
        marketer_client.get(reverse(f"admin:{name}", args=args))
        with django_assert_num_queries(queries):
            marketer_client.get(reverse(f"admin:{name}", args=args))


def test_a_group_is_put_into_a_group(marketer_client):
    posted = {"name": "Nested", "match": "all", "g0-match": "all", **row("g0-r0", "country", "in", "DE")}

    drawn = marketer_client.post(reverse("admin:segment_draft"), {**posted, "add": "g0-group"}).content.decode()
    assert 'name="g0-r1-match"' in drawn
    assert 'name="g0-r1-r0-field"' in drawn
    posted |= {"g0-r1-match": "any", **row("g0-r1-r0", "city", "in", "Bonn"), **row("g0-r1-r1", "city", "in", "Ulm")}
    marketer_client.post(reverse("admin:new_segment"), {**posted, "save": "1"})

    inside = Segment.objects.get().conditions["groups"][0]["conditions"][1]
    assert (inside["match"], len(inside["conditions"])) == ("any", 2)
    again = marketer_client.get(reverse("admin:change_segment", args=[Segment.objects.get().pk])).content.decode()
    assert 'name="g0-r1-r1-value"' in again
    dropped = marketer_client.post(reverse("admin:segment_draft"), {**posted, "drop": "g0-r1"}).content.decode()
    assert "g0-r1-match" not in dropped


def test_a_segment_is_kept_as_a_list_and_leaves_as_a_file_that_is_noted(marketer_client, agent_client, marketer):
    customers.add(Newcomer(name="=Ada", number="1", country="DE"))
    made = segments.make("German", GERMAN)

    kept = marketer_client.post(reverse("admin:keep_segment", args=[made.pk]), {"name": "June"})
    page = marketer_client.get(kept.url).content.decode()
    assert "A list: whoever fitted at" in page
    file = b"".join(marketer_client.get(f"{kept.url}?format=csv").streaming_content).decode()
    assert "'=Ada" in file
    noted = AccessLog.objects.get(what=AccessLog.What.LISTED)
    assert (noted.by, noted.fields) == (marketer, f"segment {Segment.objects.get(name='June').pk}")
    assert "text/csv" not in agent_client.get(f"{kept.url}?format=csv")["Content-Type"]
    assert agent_client.post(reverse("admin:keep_segment", args=[made.pk]), {"name": "x"}).status_code == 403
    taken = marketer_client.post(reverse("admin:keep_segment", args=[made.pk]), {"name": "June"}, follow=True)
    assert "There is already a segment called June." in taken.content.decode()
    renamed = {"name": "July", "match": "all", "save": "1"}
    marketer_client.post(reverse("admin:change_segment", args=[Segment.objects.get(name="June").pk]), renamed)
    assert Segment.objects.filter(name="July", version=1).exists()


def test_more_conditions_than_stand_together_are_refused_in_words(marketer_client):
    posted = {"name": "All", "description": "", "save": "1"}
    for group in range(4):
        posted[f"g{group}-match"] = "all"
        for n in range(16):
            posted |= row(f"g{group}-r{n}", "country", "in", "DE")

    for page in ("new_segment", "segment_count"):
        assert "At most 60 stand together." in marketer_client.post(reverse(f"admin:{page}"), posted).content.decode()

    assert not Segment.objects.exists()


def test_a_segment_starts_from_one_that_is_ready_made(marketer_client):
    assert "Regular buyers" in marketer_client.get(reverse("admin:segments")).content.decode()

    form = marketer_client.get(f"{reverse('admin:new_segment')}?from=regular").content.decode()

    assert "number of purchases at least 3" in form
    assert 'value="Regular buyers"' in form
