"""Addresses of the pages of imports."""

from django.urls import path

from crm.intake import views, views_history, views_mending, views_staff

app_name = "intake"

urlpatterns = [
    path("", views_history.batch_list, name="list"),
    path("new/", views.upload, name="upload"),
    path("templates/<slug:roster>/", views.template, name="template"),
    path("<int:pk>/", views.batch_page, name="batch"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/columns/", views.mapping, name="mapping"),
    path("<int:pk>/commit/", views.commit, name="commit"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/passwords/", views_staff.passwords, name="passwords"),
    path("<int:pk>/mend/", views_mending.mend, name="mend"),
    path("<int:pk>/recheck/", views_mending.recheck, name="recheck"),
    path("<int:pk>/file/", views_mending.source, name="source"),
    path("<int:pk>/touched/", views_history.touched, name="touched"),
    path("<int:pk>/errors/", views.errors, name="errors"),
]
