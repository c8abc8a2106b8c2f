"""The JSON interface under ``/api/v1/``: one router for every app's ViewSets."""

from rest_framework.routers import SimpleRouter

from advisory import api as advisory
from calendars import api as calendars
from communications import api as communications
from customers import api as customers
from feedback import api as feedback
from insights import api as insights
from integrations import api as integrations
from loyalty import api as loyalty

router = SimpleRouter()
advisory.register(router)
calendars.register(router)
customers.register(router)
feedback.register(router)
integrations.register(router)
loyalty.register(router)
communications.register(router)
insights.register(router)

urlpatterns = router.urls
