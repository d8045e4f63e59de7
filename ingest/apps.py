from django.apps import AppConfig


class IngestApp(AppConfig):
    """Names this package to Django."""

    name = "ingest"
