"""Addresses of pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.decorators.http import require_http_methods

from crm.accounts.views import delegations, own, people, systems, units

app_name = "accounts"

urlpatterns = [
    path("login/", require_http_methods(["GET", "HEAD", "POST"])(own.LoginView.as_view()), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", own.PasswordChangeView.as_view(), name="password_change"),
    path("profile/", own.profile, name="profile"),
    path("delegations/", delegations.delegations, name="delegations"),
    path("delegations/<int:pk>/end/", delegations.delegation_end, name="delegation_end"),
    path("users/", people.users, name="users"),
    path("users/add/", people.user_add, name="user_add"),
    path("users/<int:pk>/", people.user, name="user"),
    path("users/<int:pk>/edit/", people.user_edit, name="user_edit"),
    path("users/<int:pk>/password/", people.user_password, name="user_password"),
    path("users/<int:pk>/unlock/", people.user_unlock, name="user_unlock"),
    path("users/<int:pk>/disable/", people.user_disable, name="user_disable"),
    path("users/<int:pk>/enable/", people.user_enable, name="user_enable"),
    path("users/<int:pk>/roles/", people.role_add, name="role_add"),
    path("roles/<int:pk>/end/", people.role_end, name="role_end"),
    path("units/", units.units, name="units"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/add/", units.unit_add, name="unit_add"),
    path("units/<int:pk>/edit/", units.unit_edit, name="unit_edit"),
    path("units/<int:pk>/move/", units.unit_move, name="unit_move"),
    path("units/<int:pk>/switch/", units.unit_switch, name="unit_switch"),
    path("systems/", systems.systems, name="systems"),
    path("systems/add/", systems.system_add, name="system_add"),
    path("systems/<int:pk>/", systems.system, name="system"),
    path("systems/<int:pk>/tokens/", systems.token_add, name="token_add"),
    path("systems/<int:pk>/tokens/<str:token_key>/revoke/", systems.token_revoke, name="token_revoke"),
    path("systems/<int:pk>/switch/", systems.system_switch, name="system_switch"),
]
