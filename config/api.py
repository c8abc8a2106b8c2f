"""The JSON interface under ``/api/v1/``: one router for every app's ViewSets."""

from rest_framework.routers import SimpleRouter

from customers import api as customers

router = SimpleRouter()
customers.register(router)

urlpatterns = router.urls
