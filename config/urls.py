"""What the outside sees."""

from django.urls import include, path

from config import probes
from config.admin import site

urlpatterns = [
    path("health/live", probes.live, name="live"),
    path("health/ready", probes.ready, name="ready"),
    path("metrics", probes.metrics, name="metrics"),
    path("admin/", site.urls),
    path("account/", include("allauth.urls")),
    path("api/v1/", include("config.api")),
]
