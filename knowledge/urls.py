"""Addresses of pages."""

from django.urls import URLPattern, path

from knowledge import views

app_name = "knowledge"

urlpatterns: list[URLPattern] = [
    path("", views.solutions, name="solutions"),
    path("new/", views.solution_new, name="solution-new"),
    path("<int:pk>/", views.solution, name="solution"),
    path("<int:pk>/edit/", views.solution_edit, name="solution-edit"),
    *(
        path(f"<int:pk>/{act}/", views.solution_act, {"act": act}, name=f"solution-{act}")
        for act in ("publish", "archive")
    ),
    path("scripts/", views.scripts, name="scripts"),
    path("scripts/new/", views.script_new, name="script-new"),
    path("scripts/<int:pk>/", views.script_edit, name="script-edit"),
]
