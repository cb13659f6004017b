"""Addresses of pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from crm.accounts.views import own

app_name = "accounts"

urlpatterns = [
    path("login/", own.LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", own.PasswordChangeView.as_view(), name="password"),
    path("profile/", own.profile, name="profile"),
]
