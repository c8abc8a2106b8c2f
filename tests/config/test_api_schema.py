"""The API keeps what its schema promises, whatever is sent to it: requests are made up from the schema itself."""

import json
from functools import cache

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.test import APIClient
from schemathesis import GenerationMode

from integrations.throttling import Rate
from tests.examples import examples
from tests.factories.customers import customer
from tests.factories.integrations import numbers, token
from tests.factories.purchases import source

# The simplest request of each kind and one at random: making requests up takes ten times as long as answering them.
BOUNDED = settings(
    max_examples=examples(2),
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@cache
def description() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def operations() -> dict[str, object]:
    found = schemathesis.openapi.from_dict(description()).get_all_operations()
    return {operation.label: operation for operation in (result.ok() for result in found)}


def labels() -> list[str]:
    """Mail that is handed in is bytes that no schema describes: it has tests of its own."""
    return sorted(
        f"{method.upper()} {path}"
        for path, methods in description()["paths"].items()
        for method, said in methods.items()
        if "message/rfc822" not in said.get("requestBody", {}).get("content", {})
    )


def written(body: object) -> bytes:
    if isinstance(body, schemathesis.core.NotSet):
        return b""
    return body if isinstance(body, bytes) else json.dumps(body, default=str).encode()


def sent(caller: APIClient, case):
    """What the API answers to a request as schemathesis made it up."""
    headers = {name: value for name, value in (case.headers or {}).items() if name.lower() != "authorization"}
    if case.method == "POST":
        headers["Idempotency-Key"] = f"made-up-{next(numbers)}"
    return caller.generic(
        case.method,
        case.formatted_path,
        written(case.body),
        content_type="application/json",
        query_params=case.query or {},
        headers=headers,
    )


@pytest.mark.hypothesis
@pytest.mark.django_db
@pytest.mark.parametrize("label", labels())
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_one_that_the_schema_knows(label, mode):
    Rate._shares.clear()
    source()
    customer(number="C-7")
    caller = APIClient(headers={"Authorization": f"Bearer {token(per_minute=10**6).secret}"})
    operation = operations()[label]

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case):
        answer = sent(caller, case)

        known = description()["paths"][operation.path][operation.method]["responses"]
        assert str(answer.status_code) in {*known, "404", "405"}, answer.content
        if answer.status_code >= 400:
            assert all({"code", "message", "field"} <= set(error) for error in answer.json()["errors"])
            assert answer.json()["errors"]
        elif answer.status_code != 204:
            assert answer["Content-Type"] == "application/json"

    run()
