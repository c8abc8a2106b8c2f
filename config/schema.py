"""How the API describes itself: what every operation has in common is said here once."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import is_list_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from config.permissions import needed_for
from integrations.scopes import PERMISSIONS

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="A text of your own, new for each intention: what is sent twice with it has its effect once.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that you read: refused with 412 where it was changed meanwhile.",
)

ERROR = {
    "type": "object",
    "required": ["code", "message", "field"],
    "properties": {
        "code": {"type": "string", "description": "To decide by; it does not change.", "example": "not_enough_points"},
        "message": {"type": "string", "description": "For people, in their language."},
        "field": {
            "type": "string",
            "nullable": True,
            "description": "The place in what was sent: `lines.0.quantity`.",
        },
        "params": {"type": "object", "description": "The figures in the message.", "additionalProperties": True},
    },
}
ERRORS = {
    "type": "object",
    "required": ["errors"],
    "properties": {"errors": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Error"}}},
    "example": {"errors": [{"code": "required", "message": "This field is required.", "field": "lines.0.quantity"}]},
}
WRONG = {
    "400": "Refused: the codes say why. So is a field or a parameter that is not named here.",
    "401": "No token, or one that does not work (any more).",
    "403": "The token lacks the scope.",
    "404": "There is nothing at this address.",
    "409": "The Idempotency-Key was used with another request.",
    "411": "The body came in pieces, without its length.",
    "412": "It was changed since it was read.",
    "413": "The body is too large.",
    "415": "The body is not `application/json`.",
    "429": "Too many requests in this minute; `Retry-After` says how many seconds to wait.",
}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "integrations.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token of an integration: `mst_…`."}


class Schema(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        if self.method == "POST" and getattr(self.view, "keeps_replies", False):
            return [KEY]
        return [IF_MATCH] if self.method == "PATCH" else []

    def _is_list_view(self, serializer: Any = None) -> bool:
        """An answer is a list where it is declared as one: what lists give comes in pages, which are objects."""
        return super()._is_list_view() if serializer is None else bool(is_list_serializer(serializer))

    def get_summary(self) -> str | None:
        """The first sentence of the description: it stands beside the address."""
        text = (super().get_description() or "").strip().split("\n", 1)[0]
        return text.split(". ", 1)[0].split(": ", 1)[0].rstrip(".") or None

    def get_description(self) -> str:  # type: ignore[override]
        text = super().get_description() or ""
        needed = needed_for(self.view, self.method)
        scopes = [f"`{scope}`" for scope, permissions in PERMISSIONS.items() if needed in permissions]
        return f"{text}\n\nScope: {' or '.join(scopes)}." if scopes else text


def only_versioned(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


def say_what_can_go_wrong(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Every operation gets the errors that it can have."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update({"Error": ERROR, "Errors": ERRORS})
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Errors"}}}
    components["responses"] = {
        f"Error{status}": {"description": text, "content": content} for status, text in WRONG.items()
    }
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status in _possible(path, method):
                operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Error{status}"})
    return result


def nothing_else(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """What goes in has the fields that are named and no others."""
    schemas = result["components"]["schemas"]
    for operations in result["paths"].values():
        for operation in operations.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                _close(content["schema"], schemas)
    return result


def _close(schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "properties" in schema:
        if "additionalProperties" in schema:
            return  # it was looked at before
        schema["additionalProperties"] = False
        for inner in schema["properties"].values():
            _close(inner, schemas)
    for inner in (*schema.get("allOf", ()), *schema.get("oneOf", ()), schema.get("items")):
        if inner:
            _close(inner, schemas)
    if isinstance(by_key := schema.get("additionalProperties"), dict):
        _close(by_key, schemas)


def _possible(path: str, method: str) -> list[str]:
    possible = ["400", "401", "403", "429"]
    if "{" in path:
        possible.append("404")
    if method in ("post", "patch", "put"):
        possible += ["411", "413", "415"]
    return possible + {"post": ["409"], "patch": ["412"]}.get(method, [])
