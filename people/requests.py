"""The type of a page's request: whoever reaches a page of the back office has signed in."""

from django.http import HttpRequest

from people.models import User


class StaffRequest(HttpRequest):
    user: User
