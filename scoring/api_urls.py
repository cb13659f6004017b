"""Routes of API v1: a verb follows its record after a colon (spec §4)."""

from django.urls import URLPattern, path

from scoring import api

urlpatterns: list[URLPattern] = [
    path("customers/<int:pk>/points", api.AccountView.as_view(), name="api-points"),
    path("customers/<int:pk>/points/entries", api.EntriesView.as_view(), name="api-point-entries"),
    path("customers/<int:pk>/points:code", api.CodeView.as_view(), name="api-points-code"),
    path("customers/<int:pk>/points:redeem", api.RedeemView.as_view(), name="api-points-redeem"),
    path("customers/<int:pk>/points:reward", api.RewardView.as_view(), name="api-points-reward"),
    path("customers/<int:pk>/points:adjust", api.AdjustView.as_view(), name="api-points-adjust"),
    path("customers/<int:pk>/points:reverse", api.ReverseView.as_view(), name="api-points-reverse"),
    path("point-proposals", api.ProposalsView.as_view(), name="api-point-proposals"),
    path("point-proposals/<int:pk>:approve", api.ApproveView.as_view(), name="api-point-proposal-approve"),
    path("point-proposals/<int:pk>:decline", api.DeclineView.as_view(), name="api-point-proposal-decline"),
    path("clients/<int:pk>/score", api.ScoreView.as_view(), name="api-score"),
    path("feeds/tiers", api.TierFeed.as_view(), name="api-feed-tiers"),
    path("feeds/bills", api.BillFeed.as_view(), name="api-feed-bills"),
    path("tier-runs", api.TierRuns.as_view(), name="api-tier-runs"),
]
