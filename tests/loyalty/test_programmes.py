import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from loyalty.actions import programmes
from loyalty.models import Programme

pytestmark = pytest.mark.django_db


def test_the_main_programme_is_made_when_it_is_asked_for_first():
    Programme.objects.all().delete()

    made = programmes.main(fresh=True)

    assert (made.main, made.currency, made.zone) == (True, settings.BUSINESS_CURRENCY, settings.BUSINESS_ZONE)
    assert programmes.main(fresh=True) == made
    assert Programme.objects.count() == 1


def test_the_rules_are_read_once_until_they_are_forgotten(django_assert_num_queries):
    programmes.main(fresh=True)

    with django_assert_num_queries(0):
        programmes.main()
    programmes.forget()
    with django_assert_num_queries(1):
        programmes.main()


def test_one_programme_is_the_main_one():
    programmes.main(fresh=True)

    with pytest.raises(IntegrityError, match="one_programme_is_the_main_one"), transaction.atomic():
        Programme.objects.create(main=True, code="other", name="Other", currency="EUR", zone="UTC")
