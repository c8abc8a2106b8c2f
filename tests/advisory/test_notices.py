"""Members hear in their language that something waits on their own pages."""

import pytest

from advisory.actions import notices
from advisory.queries import access
from communications.models import Message
from tests.factories import advisory as make
from tests.factories import customers

pytestmark = pytest.mark.django_db


def test_each_member_with_an_address_gets_their_own_link_once():
    board = make.board()
    ada = make.term(board, customer=customers.customer(email="ada@example.org", language="ko"))
    silent = make.term(board, customer=customers.customer())

    def words(link: str) -> tuple[str, str]:
        return "Look", f"There: {link}"

    assert notices.tell([ada, silent], words, key="test", page="portal_forum") == 1
    notices.tell([ada], words, key="test")
    [mail] = Message.objects.all()
    assert mail.customer == ada.customer
    assert f"/board/{access.link(ada, 'portal')}/forum/" in mail.text
