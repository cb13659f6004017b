"""Addresses of pages."""

from django.urls import URLPattern, path

from members.views import customers, filing, people, reveal

app_name = "members"

urlpatterns: list[URLPattern] = [
    path("clients/<int:pk>/people/", people.people, name="people"),
    path("clients/<int:pk>/filing/people/", filing.filing_people, name="filing_people"),
    path("clients/<int:pk>/contacts/add/", people.contact_add, name="contact_add"),
    path("clients/<int:pk>/key-person/", people.key_person_replace, name="key_person_replace"),
    path("clients/<int:pk>/members/add/", people.member_add, name="member_add"),
    path("contacts/<int:pk>/edit/", people.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/leave/", people.contact_leave, name="contact_leave"),
    path("members/<int:pk>/", people.member_card, name="card"),
    path("members/<int:pk>/edit/", people.member_edit, name="member_edit"),
    path("members/<int:pk>/leave/", people.member_leave, name="member_leave"),
    path("members/<int:pk>/move/", people.member_move, name="member_move"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<int:pk>/", customers.customer_card, name="customer_card"),
    path("reveal/<slug:kind>/<int:pk>/<slug:field>/", reveal.reveal, name="reveal"),
]
