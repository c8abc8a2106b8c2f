"""What is known of customers' tastes, and where it came from."""

import pytest

from customers.actions import traits
from customers.newcomers import Knowledge
from tests.factories.customers import customer as make


@pytest.mark.django_db
def test_a_source_that_says_all_it_knows_forgets_what_it_says_no_longer():
    ada = make()
    traits.learn(ada, [Knowledge("like", "tea"), Knowledge("trait", "38", "shoe size")], came_from="web")
    traits.learn(ada, [Knowledge("like", "tea"), Knowledge("dislike", "perfume")], came_from="shop")

    traits.learn(ada, [Knowledge("trait", "39", "shoe size")], came_from="web", replace=True)

    assert sorted(ada.traits.values_list("kind", "name", "value", "came_from")) == [
        ("dislike", "", "perfume", "shop"),
        ("trait", "shoe size", "39", "web"),
    ]


@pytest.mark.django_db
def test_learning_what_is_known_changes_nothing():
    ada = make()
    traits.learn(ada, [Knowledge("like", "tea")], came_from="web")

    assert traits.learn(ada, [Knowledge("like", " tea ")], came_from="shop") == []
    assert ada.traits.get().came_from == "web"
    assert ada.timeline.count() == 1


@pytest.mark.django_db
def test_a_trait_that_is_forgotten_leaves_the_others(agent):
    ada = make()
    tea, _ = traits.learn(ada, [Knowledge("like", "tea"), Knowledge("like", "books")], came_from="web")

    traits.forget(tea, by=agent)

    assert list(ada.traits.values_list("value", flat=True)) == ["books"]
