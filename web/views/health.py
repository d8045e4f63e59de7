"""The page that tells how the whole works."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from web.access import needs
from web.health import health_of
from workers.house import current


@needs("see_health")
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Show components, queues, failures, copies and workers: counts and codes, no paper."""
    return render(request, "web/health.html", {"health": health_of(current())})
