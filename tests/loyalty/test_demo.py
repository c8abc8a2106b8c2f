"""The programme of the invented company."""

import pytest

from loyalty import demo
from loyalty.models import Programme


@pytest.mark.django_db
def test_a_programme_that_somebody_has_set_up_is_left_alone():
    made = Programme.objects.create(
        main=True, code="stars", name="Stars", currency="EUR", zone="Europe/Berlin", expiry_months=6
    )

    assert demo.open_programme().name == made.name
