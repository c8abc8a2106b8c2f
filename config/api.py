"""The JSON interface under ``/api/v1/``: one router for every app's ViewSets."""

from rest_framework.routers import SimpleRouter

router = SimpleRouter()

urlpatterns = router.urls
