from django.apps import AppConfig


class ArchiveApp(AppConfig):
    """Names this package to Django."""

    name = "archive"
