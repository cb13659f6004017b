"""Routes of API v1: a verb follows its record after a colon (spec §4)."""

from django.urls import URLPattern, path

from scoring.api import analysis, bills, cards, overrides, points, reach, rewards, stars, studio, tiers

urlpatterns: list[URLPattern] = [
    path("customers/<int:pk>/points", points.AccountView.as_view(), name="api-points"),
    path("customers/<int:pk>/points/entries", points.EntriesView.as_view(), name="api-point-entries"),
    path("customers/<int:pk>/points:code", points.CodeView.as_view(), name="api-points-code"),
    path("customers/<int:pk>/points:redeem", points.RedeemView.as_view(), name="api-points-redeem"),
    path("customers/<int:pk>/points:reward", points.RewardView.as_view(), name="api-points-reward"),
    path("customers/<int:pk>/points:adjust", points.AdjustView.as_view(), name="api-points-adjust"),
    path("customers/<int:pk>/points:reverse", points.ReverseView.as_view(), name="api-points-reverse"),
    path("customers/<int:pk>/ecard", cards.ECardView.as_view(), name="api-ecard"),
    path("customers/<int:pk>/ecard:send", cards.ECardSendView.as_view(), name="api-ecard-send"),
    path("customers/<int:pk>/marks", cards.MarksView.as_view(), name="api-marks"),
    path("ecards/<int:pk>:revoke", cards.ECardRevokeView.as_view(), name="api-ecard-revoke"),
    path("ecards:verify", cards.VerifyView.as_view(), name="api-ecards-verify"),
    path("sms/inbound", cards.InboundView.as_view(), name="api-sms-inbound"),
    path("sms/messages/<int:pk>:receipt", cards.ReceiptView.as_view(), name="api-sms-receipt"),
    path("customers/<int:pk>/points:take-back", points.TakeBackView.as_view(), name="api-points-take-back"),
    path("points", rewards.PointsView.as_view(), name="api-points-figures"),
    path("points/expiring", rewards.ExpiringView.as_view(), name="api-points-expiring"),
    path("ledger/proofs", rewards.ProofsView.as_view(), name="api-ledger-proofs"),
    path("reward-budgets", rewards.BudgetsView.as_view(), name="api-reward-budgets"),
    path("reward-grants/<int:pk>", rewards.GrantView.as_view(), name="api-reward-grant"),
    path(
        "reward-grants/<int:pk>:approve", rewards.GrantApproveView.as_view(), name="api-reward-grant-approve"
    ),
    path(
        "reward-grants/<int:pk>:decline", rewards.GrantDeclineView.as_view(), name="api-reward-grant-decline"
    ),
    path("reward-grants/<int:pk>:take-back", rewards.GrantBackView.as_view(), name="api-reward-grant-back"),
    path("point-proposals", points.ProposalsView.as_view(), name="api-point-proposals"),
    path("point-proposals/<int:pk>:approve", points.ApproveView.as_view(), name="api-point-proposal-approve"),
    path("point-proposals/<int:pk>:decline", points.DeclineView.as_view(), name="api-point-proposal-decline"),
    path("clients/<int:pk>/score", tiers.ScoreView.as_view(), name="api-score"),
    path("tier-models", studio.VersionsView.as_view(), name="api-tier-models"),
    path("tier-models/<int:pk>", studio.VersionView.as_view(), name="api-tier-model"),
    path("tier-models/<int:pk>/whatif", studio.WhatIfView.as_view(), name="api-tier-model-whatif"),
    path("tier-models/<int:pk>/moved", studio.MovedView.as_view(), name="api-tier-model-moved"),
    path("tier-models/<int:pk>:review", studio.ReviewView.as_view(), name="api-tier-model-review"),
    path("tier-models/<int:pk>:publish", studio.PublishView.as_view(), name="api-tier-model-publish"),
    path("tier-overrides", overrides.OverridesView.as_view(), name="api-tier-overrides"),
    path(
        "tier-overrides/<int:pk>:approve",
        overrides.ApproveOverride.as_view(),
        name="api-override-approve",
    ),
    path(
        "tier-overrides/<int:pk>:decline",
        overrides.DeclineOverride.as_view(),
        name="api-override-decline",
    ),
    path(
        "tier-overrides/<int:pk>:withdraw",
        overrides.WithdrawOverride.as_view(),
        name="api-override-withdraw",
    ),
    path("reach", reach.ReachView.as_view(), name="api-reach"),
    path("reach/excluded", reach.ExcludedView.as_view(), name="api-reach-excluded"),
    path("migration", analysis.MigrationView.as_view(), name="api-migration"),
    path("migration/moved", analysis.MigrationMovedView.as_view(), name="api-migration-moved"),
    path("segments", analysis.SegmentsView.as_view(), name="api-segments"),
    path("segments/costs", analysis.CostsView.as_view(), name="api-segment-costs"),
    path("concentration", analysis.ConcentrationView.as_view(), name="api-concentration"),
    path("concentration/largest", analysis.LargestView.as_view(), name="api-concentration-largest"),
    path("feeds/tiers", tiers.TierFeed.as_view(), name="api-feed-tiers"),
    path("feeds/bills", bills.BillFeed.as_view(), name="api-feed-bills"),
    path("customers/<int:pk>/standing", stars.StandingView.as_view(), name="api-standing"),
    path("queue:order", stars.QueueView.as_view(), name="api-queue-order"),
    path("feeds/stars", stars.StarFeed.as_view(), name="api-feed-stars"),
    path("star-runs", stars.StarRuns.as_view(), name="api-star-runs"),
    path("tier-runs", tiers.TierRuns.as_view(), name="api-tier-runs"),
]
