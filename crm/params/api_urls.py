"""Routes of API v1."""

from django.urls import path

from crm.params import api

urlpatterns = [
    path("parameters", api.ParametersView.as_view(), name="api-parameters"),
    path("parameters/<str:key>", api.ParameterView.as_view(), name="api-parameter"),
    path("parameters/<str:key>/values", api.ValuesView.as_view(), name="api-parameter-values"),
]
