"""Routes of API v1: a verb follows its record after a colon (spec §4)."""

from django.urls import URLPattern, path

from knowledge.api import ScriptViewSet as Scripts
from knowledge.api import SolutionViewSet as Solutions

urlpatterns: list[URLPattern] = [
    path("scripts", Scripts.as_view({"get": "list", "post": "create"}), name="api-scripts"),
    path(
        "scripts/<int:pk>",
        Scripts.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-script",
    ),
    path("solutions", Solutions.as_view({"get": "list", "post": "create"}), name="api-solutions"),
    path(
        "solutions/<int:pk>",
        Solutions.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-solution",
    ),
    *(
        path(f"solutions/<int:pk>:{verb}", Solutions.as_view({"post": verb}), name=f"api-solution-{verb}")
        for verb in ("publish", "archive")
    ),
]
