"""What the outside sees."""

from django.urls import include, path

from config.admin import site

urlpatterns = [
    path("admin/", site.urls),
    path("api/v1/", include("config.api")),
]
