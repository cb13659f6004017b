"""Routes of API v1."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from crm.jobs.api import JobViewSet, RunNight

router = SimpleRouter(trailing_slash=False)
router.register("jobs", JobViewSet, basename="job")

urlpatterns = [path("jobs:run", RunNight.as_view(), name="job-run"), *router.urls]
