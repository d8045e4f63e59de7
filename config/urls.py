"""Which package answers which address."""

from django.urls import URLPattern, URLResolver, include, path

from api.views import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("", include("web.urls")),
]
handler500 = "web.middleware.broken"
