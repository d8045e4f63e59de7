from django.apps import AppConfig


class WebApp(AppConfig):
    """Names this package to Django."""

    name = "web"
