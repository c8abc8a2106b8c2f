"""What the API answers in tests is held beside its description: every answer to a ``Caller`` is looked at."""

import json
import re
from functools import cache
from typing import Any

import jsonschema_rs
from drf_spectacular.generators import SchemaGenerator


@cache
def description() -> dict[str, Any]:
    """Of the product, whatever addresses the first test that asks has added."""
    return SchemaGenerator(urlconf="config.urls").get_schema(request=None, public=True)


@cache
def _as_json_schema() -> dict[str, Any]:
    """Its components as JSON Schema, which knows no ``nullable``; an answer has no fields that are not described."""
    return _translated(json.loads(json.dumps(description()["components"], default=str)))


def _translated(part: Any) -> Any:
    if isinstance(part, list):
        return [_translated(each) for each in part]
    if not isinstance(part, dict):
        return part
    whole = {name: _translated(each) for name, each in part.items()}
    if "properties" in whole and isinstance(whole["properties"], dict) and whole.get("type") == "object":
        whole.setdefault("additionalProperties", False)
    if whole.get("format") == "time":
        del whole["format"]  # by RFC 3339 it would have a zone, and the time on somebody's clock has none
    if whole.pop("nullable", None) is True:
        return {"anyOf": [whole, {"type": "null"}]}
    return whole


@cache
def _places() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    paths = sorted(description()["paths"].items(), key=lambda each: each[0].count("{"))
    return [(re.compile(re.sub(r"{[^}]*}", "[^/]+", path)), said) for path, said in paths]


@cache
def _judge(schema: str) -> Any:
    whole = {"allOf": [_translated(json.loads(schema))], "components": _as_json_schema()}
    return jsonschema_rs.Draft7Validator(whole)


def hold(method: str, path: str, answer: Any) -> None:
    """Raises AssertionError where the answer is not as it is described."""
    said = next((said for place, said in _places() if place.fullmatch(path.partition("?")[0])), {}).get(method.lower())
    if said is None or not 200 <= answer.status_code < 300:
        return
    content = said["responses"][str(answer.status_code)].get("content", {})
    if not content:
        assert not answer.content, (method, path, "answers with what is not described")
    elif "application/json" in content and answer["Content-Type"] == "application/json":
        judge = _judge(json.dumps(content["application/json"]["schema"], sort_keys=True, default=str))
        flaws = [
            f"{'.'.join(map(str, flaw.instance_path))}: {flaw.message}" for flaw in judge.iter_errors(answer.json())
        ]
        assert not flaws, (method, path, flaws[:5])
