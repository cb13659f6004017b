"""Addresses of pages."""

from django.urls import URLPattern, path

from scoring.views import cards, ledger, migration, model, overrides, reach, segments, stars, studio, why

app_name = "scoring"

urlpatterns: list[URLPattern] = [
    path("clients/<int:pk>/", why.client, name="client"),
    path("clients/<int:pk>/why/tier/", why.why_tier, name="why-tier"),
    path("clients/<int:pk>/why/size/", why.why_size, name="why-size"),
    path("clients/<int:pk>/decided/", why.decided, name="decided"),
    path("clients/<int:pk>/expiring/", why.expiring, name="expiring"),
    path("customers/<int:pk>/", ledger.statement, name="statement"),
    path("customers/<int:pk>/card/", cards.card, name="card"),
    path("customers/<int:pk>/card/issue/", cards.issue, name="card-issue"),
    path("customers/<int:pk>/card/send/", cards.send, name="card-send"),
    path("cards/<int:pk>/revoke/", cards.revoke, name="card-revoke"),
    *(
        path(f"cards/<int:pk>.{kind}", cards.image, {"kind": kind}, name=f"card-{kind}")
        for kind in ("png", "svg")
    ),
    path("cards/verify/", cards.verify, name="card-verify"),
    path("customers/<int:pk>/code/", ledger.send_code, name="send-code"),
    path("customers/<int:pk>/redeem/", ledger.redeem, name="redeem"),
    path("customers/<int:pk>/propose/", ledger.propose, name="propose"),
    path("proposals/<int:pk>/decide/", ledger.decide, name="decide"),
    path("movements/<uuid:pk>/reverse/", ledger.reverse_movement, name="reverse"),
    path("reach/", reach.reach, name="reach"),
    path("reach/excluded/", reach.excluded, name="reach-excluded"),
    path("reach/excluded/csv/", reach.excluded_csv, name="reach-csv"),
    path("migration/", migration.migration, name="migration"),
    path("migration/moved/", migration.moved, name="migration-moved"),
    path("migration/moved/csv/", migration.moved_csv, name="migration-csv"),
    path("segments/", segments.segments, name="segments"),
    path("segments/csv/", segments.segments_csv, name="segments-csv"),
    path("segments/costs/", segments.costs, name="costs"),
    path("concentration/", segments.concentration, name="concentration"),
    path("concentration/csv/", segments.concentration_csv, name="concentration-csv"),
    path("model/", model.model, name="model"),
    path("customers/<int:pk>/standing/", stars.standing, name="standing"),
    path("stars/", stars.stars, name="stars"),
    path("stars/new/", stars.propose, name="star-propose"),
    path("stars/<int:pk>/publish/", stars.publish, name="star-publish"),
    path("versions/", studio.versions, name="versions"),
    path("versions/new/", studio.draft, name="draft"),
    path("versions/compare/", studio.compare, name="compare"),
    path("versions/<int:pk>/", studio.studio, name="studio"),
    path("versions/<int:pk>/ask/", studio.ask, name="ask"),
    path("versions/<int:pk>/answer/", studio.answer, name="answer"),
    path("versions/<int:pk>/moved/", studio.moved, name="moved"),
    path("versions/<int:pk>/moved/csv/", studio.moved_csv, name="moved-csv"),
    path("versions/<int:pk>/review/", studio.review, name="review"),
    path("versions/<int:pk>/publish/", studio.publish, name="publish"),
    path("overrides/", overrides.overrides, name="overrides"),
    path("clients/<int:pk>/override/", overrides.propose, name="override-propose"),
    path("overrides/<int:pk>/decide/", overrides.decide, name="override-decide"),
    path("proof/", ledger.proof, name="proof"),
]
