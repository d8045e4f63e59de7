"""Which package answers which address."""

from django.urls import URLPattern, URLResolver, path

from api.views import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
]
