"""Routes of API v1: a verb follows its record after a colon (spec §4)."""

from django.urls import URLPattern, path

from clients.api.audits import AuditPlanViewSet as Plans
from clients.api.audits import AuditTaskViewSet as Audits
from clients.api.clients import ClientProductViewSet as Products
from clients.api.clients import ClientViewSet as Clients
from clients.api.clients import FeedViewSet as Feeds
from clients.api.handovers import HandOverViewSet as HandOvers
from clients.api.merging import MergeViews
from clients.api.papers import DraftViewSet as Drafts
from clients.api.papers import PaperViewSet as Papers
from clients.api.seeing import BulkActViewSet as Acts
from clients.api.seeing import SavedViewViewSet as Views
from clients.api.seeing import SeeingViewSet as Seeing
from clients.api.structure import StructureViewSet as Structure

urlpatterns: list[URLPattern] = [
    path("merges", MergeViews.as_view({"get": "list", "post": "create"}), name="api-merges"),
    path("merges/<int:pk>", MergeViews.as_view({"get": "retrieve"}), name="api-merge"),
    path("merges/<int:pk>:decide", MergeViews.as_view({"post": "decide"}), name="api-merge-decide"),
    path("merges/<int:pk>:undo", MergeViews.as_view({"post": "undo"}), name="api-merge-undo"),
    path(
        "clients/<int:pk>/duplicates",
        MergeViews.as_view({"get": "duplicates"}),
        name="api-client-duplicates",
    ),
    path("audit-plans", Plans.as_view({"get": "list", "post": "create"}), name="api-audit-plans"),
    path("audit-plans/<int:pk>", Plans.as_view({"get": "retrieve"}), name="api-audit-plan"),
    path("audit-plans/<int:pk>:end", Plans.as_view({"post": "end"}), name="api-audit-plan-end"),
    path("audit-tasks", Audits.as_view({"get": "list"}), name="api-audits"),
    path("audit-tasks/<int:pk>", Audits.as_view({"get": "retrieve"}), name="api-audit"),
    *(
        path(f"audit-tasks/<int:pk>:{verb}", Audits.as_view({"post": verb}), name=f"api-audit-{verb}")
        for verb in ("start", "save", "finish", "notify", "corrected", "verify")
    ),
    path("clients", Clients.as_view({"get": "list", "post": "create"}), name="api-clients"),
    path("clients:as-at", Seeing.as_view({"get": "as_at_list"}), name="api-clients-as-at"),
    path("clients:pivot", Seeing.as_view({"get": "pivot"}), name="api-clients-pivot"),
    path("clients:flow", Seeing.as_view({"get": "flow"}), name="api-clients-flow"),
    path("clients/<int:pk>/as-at", Seeing.as_view({"get": "as_at"}), name="api-client-as-at"),
    path("client-views", Views.as_view({"get": "list", "post": "create"}), name="api-client-views"),
    path(
        "client-views/<int:pk>",
        Views.as_view({"patch": "partial_update", "delete": "destroy"}),
        name="api-client-view",
    ),
    path("clients:act", Acts.as_view({"post": "create"}), name="api-clients-act"),
    path("client-acts/<int:pk>", Acts.as_view({"get": "retrieve"}), name="api-client-act"),
    path("client-acts/<int:pk>:undo", Acts.as_view({"post": "undo"}), name="api-client-act-undo"),
    path("clients:bulk", Clients.as_view({"post": "bulk"}), name="api-clients-bulk"),
    path(
        "clients/<int:pk>", Clients.as_view({"get": "retrieve", "patch": "partial_update"}), name="api-client"
    ),
    *(
        path(f"clients/<int:pk>:{verb}", Clients.as_view({"post": verb}), name=f"api-client-{verb}")
        for verb in ("submit", "approve", "reject", "close", "assign")
    ),
    path(
        "clients/<int:pk>/products",
        Clients.as_view({"get": "products", "post": "order"}),
        name="api-client-products",
    ),
    *(
        path(f"clients/<int:pk>/{name}", Clients.as_view({"get": name}), name=f"api-client-{name}")
        for name in ("revenue", "history", "completeness")
    ),
    path("clients/<int:pk>/structure", Structure.as_view({"get": "retrieve"}), name="api-client-structure"),
    path(
        "clients/<int:pk>:take-region",
        Structure.as_view({"post": "take_region"}),
        name="api-client-take-region",
    ),
    path("clients/<int:pk>/sites", Structure.as_view({"post": "add_site"}), name="api-client-sites"),
    path(
        "clients/<int:pk>/sites/<int:site>",
        Structure.as_view({"delete": "remove_site"}),
        name="api-client-site",
    ),
    path("products/<int:pk>", Products.as_view({"get": "retrieve"}), name="api-product"),
    *(
        path(f"products/<int:pk>:{verb}", Products.as_view({"post": verb}), name=f"api-product-{verb}")
        for verb in ("open", "suspend", "resume", "cancel")
    ),
    *(
        path(f"feeds/{name}", Feeds.as_view({"post": name}), name=f"api-feed-{name}")
        for name in ("products", "traffic", "revenue")
    ),
]

urlpatterns += [
    path(
        "clients/<int:pk>/papers", Papers.as_view({"get": "list", "post": "create"}), name="api-client-papers"
    ),
    path(
        "clients/<int:pk>/papers/<int:paper>",
        Papers.as_view({"get": "content", "delete": "destroy"}),
        name="api-client-paper",
    ),
    path("clients/<int:pk>/obstacles", Drafts.as_view({"get": "obstacles"}), name="api-client-obstacles"),
    path("clients/<int:pk>:merge", Drafts.as_view({"post": "merge"}), name="api-client-merge"),
    path("clients/<int:pk>:give-up", Drafts.as_view({"post": "give_up"}), name="api-client-give-up"),
    path("handovers", HandOvers.as_view({"get": "list", "post": "create"}), name="api-handovers"),
    path("handovers/<int:pk>", HandOvers.as_view({"get": "retrieve"}), name="api-handover"),
    *(
        path(f"handovers/<int:pk>:{verb}", HandOvers.as_view({"post": act}), name=f"api-handover-{verb}")
        for verb, act in (("execute", "execute"), ("return", "give_back"), ("cancel", "cancel"))
    ),
]
