from django.apps import AppConfig


class ApiApp(AppConfig):
    """Names this package to Django."""

    name = "api"
