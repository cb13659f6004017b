"""Addresses of pages."""

from django.urls import path

from clients.views import acts, cards, edit, lists, picks, quality, structure

app_name = "clients"

urlpatterns = [
    path("", lists.client_list, name="list"),
    path("columns/", lists.choose_columns, name="columns"),
    path("views/", lists.save_view, name="save_view"),
    path("views/<int:pk>/delete/", lists.drop_view, name="drop_view"),
    path("reassign/", lists.reassign_clients, name="reassign"),
    path("new/", edit.new, name="new"),
    path("hints/", picks.hints, name="hints"),
    path("pick/", picks.pick_client, name="pick"),
    path("pick/industry/", picks.pick_industry, name="pick_industry"),
    path("pick/grid/", picks.pick_grid, name="pick_grid"),
    path("pick/region/", picks.pick_region, name="pick_region"),
    path("pick/person/", picks.pick_person, name="pick_person"),
    path("quality/", quality.quality, name="quality"),
    path("quality/missing/", quality.missing, name="quality_missing"),
    path("quality/csv/", quality.quality_csv, name="quality_csv"),
    path("fields/", quality.fields, name="fields"),
    path("fields/<slug:code>/", quality.set_field, name="set_field"),
    path("<int:pk>/", cards.card, name="card"),
    path("<int:pk>/confirm/", quality.confirm, name="confirm"),
    path("<int:pk>/file/", cards.file, name="file"),
    path("<int:pk>/edit/", edit.edit, name="edit"),
    path("<int:pk>/products/", cards.products, name="products"),
    path("<int:pk>/products/order/", acts.order_product, name="order_product"),
    path("<int:pk>/products/<int:product>/<slug:act>/", acts.move_product, name="move_product"),
    path("<int:pk>/revenue/", cards.revenue, name="revenue"),
    path("<int:pk>/history/", cards.history, name="history"),
    path("<int:pk>/structure/", structure.structure, name="structure"),
    path("<int:pk>/structure/region/", structure.take_region, name="take_region"),
    path("<int:pk>/structure/sites/", structure.add_site, name="add_site"),
    path("<int:pk>/structure/sites/<int:site>/remove/", structure.remove_site, name="remove_site"),
    path("<int:pk>/why/segment/", structure.why_segment, name="why_segment"),
    path("<int:pk>/why/status/", cards.why_status, name="why_status"),
    path("<int:pk>/why/completeness/", cards.why_completeness, name="why_completeness"),
    path("<int:pk>/papers/<slug:name>/", cards.paper, name="paper"),
    path("<int:pk>/submit/", acts.submit, name="submit"),
    path("<int:pk>/approve/", acts.approve, name="approve"),
    path("<int:pk>/reject/", acts.reject, name="reject"),
    path("<int:pk>/close/", acts.close, name="close"),
    path("<int:pk>/assign/", acts.assign, name="assign"),
    path("<int:pk>/assign/<int:assignment>/end/", acts.unassign, name="unassign"),
    path("<int:pk>/merge/", acts.merge, name="merge"),
]
