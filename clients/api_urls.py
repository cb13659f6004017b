"""Routes of API v1: a verb follows its record after a colon (spec §4)."""

from django.urls import URLPattern, path

from clients.api.agreements import AgreementViewSet as Agreements
from clients.api.audits import AuditPlanViewSet as Plans
from clients.api.audits import AuditTaskViewSet as Audits
from clients.api.clients import ClientProductViewSet as Products
from clients.api.clients import ClientViewSet as Clients
from clients.api.clients import FeedViewSet as Feeds
from clients.api.competition import ChurnViewSet as Churn
from clients.api.competition import CompetitionViewSet as Competition
from clients.api.goods import CatalogueViewSet as Catalogue
from clients.api.goods import CircuitViewSet as Circuits
from clients.api.goods import ProductGoodsViewSet as Goods
from clients.api.goods import RevenueLinesViewSet as RevenueLines
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
    path("feeds/circuits", Circuits.as_view({"post": "feed"}), name="api-feed-circuits"),
    path(
        "clients/<int:pk>/agreements",
        Agreements.as_view({"get": "of_client", "post": "add"}),
        name="api-client-agreements",
    ),
    path(
        "agreements/<int:pk>",
        Agreements.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-agreement",
    ),
    path("agreements/<int:pk>:end", Agreements.as_view({"post": "end"}), name="api-agreement-end"),
    path("catalogue", Catalogue.as_view({"get": "list", "post": "create"}), name="api-catalogue"),
    path("catalogue/<int:pk>", Catalogue.as_view({"patch": "partial_update"}), name="api-catalogue-product"),
    path("products/<int:pk>/terms", Goods.as_view({"patch": "change"}), name="api-product-terms"),
    path(
        "products/<int:pk>/lines",
        Goods.as_view({"get": "lines", "post": "add_lines"}),
        name="api-product-lines",
    ),
    path(
        "products/<int:pk>/lines:remove",
        Goods.as_view({"post": "remove_lines"}),
        name="api-product-lines-remove",
    ),
    path(
        "clients/<int:pk>/revenue-lines",
        RevenueLines.as_view({"get": "of_client"}),
        name="api-client-revenue-lines",
    ),
    path("circuit-findings", Circuits.as_view({"get": "list"}), name="api-circuit-findings"),
    path("circuit-findings/<int:pk>:settle", Circuits.as_view({"post": "settle"}), name="api-circuit-settle"),
    path("competitors", Competition.as_view({"get": "list"}), name="api-competitors"),
    path(
        "clients/<int:pk>/competitors",
        Competition.as_view({"get": "of_client", "post": "add"}),
        name="api-client-competitors",
    ),
    path("market-share", Competition.as_view({"get": "share"}), name="api-market-share"),
    path("churn-alerts", Churn.as_view({"get": "list"}), name="api-churn-alerts"),
    path("churn-alerts/<int:pk>", Churn.as_view({"get": "retrieve"}), name="api-churn-alert"),
    path("clients/<int:pk>/churn-alerts", Churn.as_view({"post": "report"}), name="api-client-churn"),
    *(
        path(f"churn-alerts/<int:pk>:{verb}", Churn.as_view({"post": verb}), name=f"api-churn-{verb}")
        for verb in ("acknowledge", "dispose")
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
