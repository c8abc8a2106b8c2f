"""What goes by post, as pages for the printer."""

import pytest
from django.urls import reverse

from customers.models import AccessLog, PostalAddress
from tests.factories import communications
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db
WORDS = {
    "en": {"subject": "Thank you", "text": "Dear {{ first_name }}, thank you."},
    "ko": {"subject": "감사합니다", "text": "{{ first_name }}님, 감사합니다."},
}


def test_a_letter_is_printed_for_many_with_their_addresses_and_in_their_languages(
    marketer_client, board_manager_client
):
    template = communications.template(channel="letter", texts=WORDS)
    ada, kim = customer(name="Ada <b>Byron", number="A-1"), customer(name="Kim Minji", number="K-1", language="ko")
    PostalAddress.objects.create(
        customer=ada, lines="Am Kai 1", postcode="20457", city="Hamburg", country="DE", primary=True
    )
    address = reverse("admin:template_print", args=[template.pk])

    letters = marketer_client.get(f"{address}?as=letter&customers=A-1, K-1 nobody").content.decode()
    assert letters.count("ms-a4") == 2
    assert "Ada &lt;b&gt;Byron<br>Am Kai 1<br>20457 Hamburg<br>DE" in letters
    assert '<article class="ms-paper ms-a4" lang="ko">' in letters
    assert "감사합니다" in letters
    assert "No address is known of Kim Minji." in letters
    assert set(AccessLog.objects.values_list("customer", flat=True)) == {ada.pk, kim.pk}
    cards = marketer_client.get(f"{address}?as=card&customers=A-1").content.decode()
    assert (cards.count("ms-a6"), cards.count("print_card.css"), letters.count("print_letter.css")) == (3, 1, 1)
    assert "Kim Example" in marketer_client.get(f"{address}?as=letter").content.decode()
    assert "nobody has these numbers" in marketer_client.get(f"{address}?customers=x").content.decode()
    some = marketer_client.get(f"{address}?as=card&customers=A-1 X-9, {' '.join(f'n{n}' for n in range(199))}")
    assert "Nobody has the numbers X-9, n0" in some.content.decode()
    assert "At most 200 are printed at once: 1 number is left out." in some.content.decode()
    mail = communications.template()
    assert marketer_client.get(reverse("admin:template_print", args=[mail.pk])).status_code == 404
    assert board_manager_client.get(reverse("admin:note_sheet")).status_code == 403
