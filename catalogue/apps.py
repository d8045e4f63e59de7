from django.apps import AppConfig


class CatalogueApp(AppConfig):
    """Names this package to Django."""

    name = "catalogue"
