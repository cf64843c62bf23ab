"""The portal, and beside it a view that does as good as nothing: four queries, one answer."""

from django.db import connection
from django.http import JsonResponse
from django.urls import path

from portal.urls import urlpatterns as portal


def four_queries(request) -> JsonResponse:
    """Ask the database four times for nothing, as the ORM would."""
    answers = []
    with connection.cursor() as cursor:
        for _ in range(4):
            cursor.execute("SELECT 1")
            answers.append(cursor.fetchone()[0])
    return JsonResponse({"answers": answers})


urlpatterns = [path("four-queries", four_queries), *portal]
