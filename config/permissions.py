"""Who may call what over the API.

Kept apart from ``config.api``: Django REST framework imports it from settings by name, before the views exist.
"""

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # the views import their settings, and so this module
    from rest_framework.views import APIView


class HoldsPermission(BasePermission):
    """The caller needs ``view.needs``; a read that names none needs the permission to view the model that it lists.

    ``needs`` is a permission, or one for each action of the view. A caller by token holds what the token's scopes
    give, and nothing of what its maker may do; somebody who is signed in holds what their role gives.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        needed = needed_for(view, str(request.method))
        holder: Any = request.auth or request.user
        return bool(needed) and bool(holder.has_perm(needed))


def needed_for(view: "APIView", method: str) -> str | None:
    """The permission that a call of this view needs; None where nobody said it, and then nobody may."""
    needs: Any = getattr(view, "needs", None)
    if isinstance(needs, dict):
        needs = needs.get(getattr(view, "action", None) or "")
    return needs or (_view_permission(view) if method in SAFE_METHODS else None)


def _view_permission(view: "APIView") -> str | None:
    queryset = getattr(view, "queryset", None)
    if queryset is None:
        return None
    options = queryset.model._meta
    return f"{options.app_label}.view_{options.model_name}"
