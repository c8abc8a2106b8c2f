"""Tokens for tests, and a client that uses one."""

from itertools import count
from typing import Any

from rest_framework.test import APIClient

from integrations.actions import tokens
from integrations.scopes import Scope
from people.models import User
from tests import promises
from tests.factories import people

numbers = count(1)


def manager() -> User:
    return User.objects.filter(username="giver-of-tokens").first() or people.person(
        "giver-of-tokens", is_superuser=True
    )


def token(*scopes: str, name: str | None = None, **fields: Any) -> tokens.Issued:
    """A token that may do these things, or everything."""
    by = fields.pop("by", None) or manager()
    return tokens.create(name or f"shop {next(numbers)}", scopes=scopes or Scope.values, by=by, **fields)


class Caller(APIClient):
    """Another system: it sends JSON, and a new Idempotency-Key with every POST unless told which."""

    def __init__(self, *scopes: str, secret: str | None = None):
        super().__init__(headers={"Authorization": f"Bearer {secret or token(*scopes).secret}"})

    def generic(self, method: str, path: str, *args: Any, **options: Any) -> Any:
        answer = super().generic(method, path, *args, **options)
        promises.hold(method, str(path), answer)
        return answer

    def send(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> Any:
        headers = {"Idempotency-Key": key or f"key-{next(numbers)}"} | options.pop("headers", {})
        return self.post(path, {} if body is None else body, headers=headers, **options)


def codes(response: Any) -> list[str]:
    return [error["code"] for error in response.json()["errors"]]
