"""These tests load catalogues of their own: each begins on empty tables."""

import pytest
from django.apps import apps


@pytest.fixture(autouse=True)
def _empty_catalogue(request: pytest.FixtureRequest) -> None:
    """Empty the tables in the test's own transaction, where it uses the database at all."""
    if request.node.get_closest_marker("django_db") is None:
        return
    request.getfixturevalue("db")
    empty_catalogue()


def empty_catalogue() -> None:
    """Delete what the session's set-up loaded."""
    for model in apps.get_app_config("catalogue").get_models():
        model._default_manager.all().delete()
