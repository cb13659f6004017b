"""Addresses of pages."""

from django.urls import URLPattern, path

from scoring import views

app_name = "scoring"

urlpatterns: list[URLPattern] = [
    path("clients/<int:pk>/", views.client, name="client"),
    path("clients/<int:pk>/why/tier/", views.why_tier, name="why-tier"),
    path("clients/<int:pk>/why/size/", views.why_size, name="why-size"),
    path("clients/<int:pk>/expiring/", views.expiring, name="expiring"),
    path("customers/<int:pk>/", views.statement, name="statement"),
    path("customers/<int:pk>/code/", views.send_code, name="send-code"),
    path("customers/<int:pk>/redeem/", views.redeem, name="redeem"),
    path("customers/<int:pk>/propose/", views.propose, name="propose"),
    path("proposals/<int:pk>/decide/", views.decide, name="decide"),
    path("movements/<uuid:pk>/reverse/", views.reverse_movement, name="reverse"),
    path("model/", views.model, name="model"),
    path("proof/", views.proof, name="proof"),
]
