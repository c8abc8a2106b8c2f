"""A small API beside the real one, for what all views have in common."""

from django.core.exceptions import ValidationError
from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response

from config.rest import ApiView
from config.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401  (as the real one)
from customers.models import Source


class SourceShape(serializers.Serializer):
    code = serializers.SlugField(max_length=60)
    parts = serializers.ListField(child=serializers.IntegerField(), default=list)


class Shown(serializers.ModelSerializer):
    class Meta:
        model = Source
        fields = ["code"]


class Sources(ApiView):
    """POST adds a source; the code says what goes wrong."""

    queryset = Source.objects.all()
    needs = {"create": "customers.record_purchase"}

    def list(self, request):
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=Shown)

    def create(self, request):
        wish = self.wish(SourceShape)
        source = Source.objects.create(code=wish["code"], name=f"{Source.objects.count()} before")
        if wish["code"].startswith("refused"):
            raise ValidationError("%(code)s is refused.", code="not_wanted", params={"code": source.code, "tries": 3})
        if wish["code"].startswith("broken"):
            raise RuntimeError("a bug")
        return Response({"code": source.code, "name": source.name}, status=201)


class Quotes(ApiView):
    queryset = Source.objects.all()
    needs = "customers.view_source"
    keeps_replies = False

    def create(self, request):
        return Response({"asked": request.data})


urlpatterns = [
    path("api/v1/test/sources/", Sources.as_view({"get": "list", "post": "create"})),
    path("api/v1/test/quotes/", Quotes.as_view({"post": "create"})),
    path("api/v1/test/unsaid/", Sources.as_view({"post": "list"}, needs=None)),
    *urlpatterns,
]
