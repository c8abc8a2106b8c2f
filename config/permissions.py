"""Who may call what over the API.

Kept apart from ``config.api``: Django REST framework imports it from settings by name, before the views exist.
"""

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # the views import their settings, and so this module
    from rest_framework.views import APIView


class HoldsPermission(BasePermission):
    """The caller needs ``view.needs``, or the permission to view the model that the view lists.

    A caller by token needs the token's scope as well; both are checked by ``has_perm`` of the token's principal.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        needed: Any = getattr(view, "needs", None) or _view_permission(view)
        if not needed or not request.user or not request.user.is_authenticated:
            return False
        return bool(request.user.has_perm(needed))


def _view_permission(view: "APIView") -> str | None:
    queryset = getattr(view, "queryset", None)
    if queryset is None:
        return None
    options = queryset.model._meta
    return f"{options.app_label}.view_{options.model_name}"
