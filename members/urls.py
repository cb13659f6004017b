"""Addresses of pages."""

from django.urls import URLPattern, path

from members.views import contacts, coverage, customers, filing, people, rehoming, reveal

app_name = "members"

urlpatterns: list[URLPattern] = [
    path("clients/<int:pk>/people/", people.people, name="people"),
    path("clients/<int:pk>/filing/people/", filing.filing_people, name="filing_people"),
    path("clients/<int:pk>/contacts/add/", people.contact_add, name="contact_add"),
    path("clients/<int:pk>/key-person/", people.key_person_replace, name="key_person_replace"),
    path("clients/<int:pk>/members/add/", people.member_add, name="member_add"),
    path("clients/<int:pk>/book/", rehoming.book, name="book"),
    path("clients/<int:pk>/map/", contacts.contact_map, name="contact_map"),
    path("clients/<int:pk>/traits/", contacts.traits_brief, name="traits_brief"),
    path("members/coverage/", coverage.coverage, name="coverage"),
    path("members/rehoming/", rehoming.rehoming, name="rehoming"),
    path("members/rehoming/<int:pk>/", rehoming.rehoming_run, name="rehoming_run"),
    path("members/rehoming/<int:pk>/progress/", rehoming.rehoming_progress, name="rehoming_progress"),
    path("members/rehoming/<int:pk>/choose/", rehoming.rehoming_choose, name="rehoming_choose"),
    path("members/rehoming/<int:pk>/start/", rehoming.rehoming_start, name="rehoming_start"),
    path("members/rehoming/<int:pk>/undo/", rehoming.rehoming_undo, name="rehoming_undo"),
    path("contacts/<int:pk>/", contacts.contact_card, name="contact_card"),
    path("contacts/<int:pk>/traits/", contacts.trait_add, name="trait_add"),
    path("contacts/<int:pk>/verify/", contacts.contact_verify, name="contact_verify"),
    path("contacts/<int:pk>/ties/", contacts.tie_add, name="tie_add"),
    path("contacts/<int:pk>/merge/", contacts.contact_merge, name="contact_merge"),
    path("contacts/merges/<int:pk>/undo/", contacts.contact_unmerge, name="contact_unmerge"),
    path("traits/<int:pk>/end/", contacts.trait_end, name="trait_end"),
    path("ties/<int:pk>/drop/", contacts.tie_drop, name="tie_drop"),
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
