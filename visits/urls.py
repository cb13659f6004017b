"""Addresses of pages."""

from django.urls import URLPattern, path

from visits.views import (
    calls,
    cards,
    debt,
    desk,
    event_report,
    event_site,
    events,
    field,
    gifts,
    logs,
    meetings,
    prepare,
    visits,
)

app_name = "visits"

urlpatterns: list[URLPattern] = [
    path("", visits.agenda, name="list"),
    path("today/", field.today, name="today-pages"),
    path("record/", field.record, name="record"),
    path("plan/", visits.choose_client, name="choose-client"),
    path("plan/<int:pk>/", visits.plan, name="plan"),
    path("<int:pk>/", visits.sheet, name="visit"),
    path("<int:pk>/edit/", visits.edit, name="edit"),
    path("<int:pk>/prepare/", visits.prepare, name="prepare"),
    path("<int:pk>/postpone/", visits.postpone, name="postpone"),
    path("<int:pk>/cancel/", visits.cancel, name="cancel"),
    path("<int:pk>/absent/", visits.no_show, name="no-show"),
    path("<int:pk>/confirm/", visits.confirm, name="confirm"),
    path("<int:pk>/check-in/", field.check_in, name="check-in"),
    path("<int:pk>/check-out/", field.check_out, name="check-out"),
    path("<int:pk>/kept/", visits.keep_promise, name="keep-promise"),
    path("<int:pk>/log/", logs.log, name="log"),
    path("<int:pk>/log/draft/", logs.draft, name="log-draft"),
    path("<int:pk>/late/", field.late, name="late"),
    path("<int:pk>/photos/", field.photos, name="photos"),
    path("<int:pk>/photos/<int:photo>/", field.photo, name="photo"),
    path("<int:pk>/photos/<int:photo>/remove/", field.photo_remove, name="photo-remove"),
    path("client/<int:pk>/place/", field.place, name="place"),
    path("client/<int:pk>/", cards.of_client, name="of-client"),
    path("client/<int:pk>/brief/", cards.brief, name="brief"),
    path("<int:pk>/sheet/", prepare.sheet, name="prep-sheet"),
    path("<int:pk>/solutions/", prepare.solutions, name="fitting"),
    path("<int:pk>/solutions/<int:solution>/", prepare.consult, name="consult"),
    path("debt/", debt.debt, name="debt"),
    path("debt/week/", debt.week, name="debt-week"),
    path("debt/week/<uuid:batch>/", debt.filled, name="debt-filled"),
    path("debt/week/<uuid:batch>/undo/", debt.undo, name="debt-undo"),
    path("calls/", calls.calls, name="calls"),
    path("calls/for/<int:pk>/", calls.call_new, name="call-new"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("calls/missed/", calls.missed_new, name="missed-new"),
    path("calls/missed/<int:pk>/returned/", calls.missed_return, name="missed-return"),
    path("gifts/", gifts.gifts, name="gifts"),
    path("gifts/stock/", gifts.gift_stock, name="gift-stock"),
    path("gifts/stock/<int:pk>/count/", gifts.gift_count, name="gift-count"),
    path("gifts/kinds/", gifts.gift_kind, name="gift-kind"),
    path("gifts/for/<int:pk>/", gifts.gift_new, name="gift-new"),
    path("gifts/<int:pk>/", gifts.gift, name="gift"),
    *(
        path(f"gifts/<int:pk>/{act}/", gifts.gift_act, {"act": act}, name=f"gift-{act}")
        for act in ("approve", "hand-out", "give-back", "withdraw")
    ),
    *(
        path(f"gifts/<int:pk>/{act}/", gifts.gift_form, {"act": act}, name=f"gift-{act}")
        for act in ("refuse", "sign", "call")
    ),
    path("join/<str:token>/", event_site.join, name="event-join"),
    path("events/", events.events, name="events"),
    path("events/report/", event_report.report, name="event-report"),
    path("events/at/<int:pk>/", events.event_new, name="event-new"),
    path("events/of/<int:pk>/", events.brief, name="event-brief"),
    path("events/<int:pk>/", events.event, name="event"),
    path("events/<int:pk>/edit/", events.event_edit, name="event-edit"),
    path("events/<int:pk>/staff/", events.staff_add, name="event-staff"),
    path("events/<int:pk>/products/", events.product_add, name="event-products"),
    path("events/<int:pk>/products/<int:row>/", events.product, name="event-product"),
    path("events/<int:pk>/gifts/", events.gift_add, name="event-gifts"),
    *(
        path(f"events/<int:pk>/{act}/<int:row>/", events.row_act, {"act": act}, name=f"event-{act}")
        for act in events.ROWS
    ),
    *(
        path(f"events/<int:pk>/tick-{what}/", events.tick, {"what": what}, name=f"event-tick-{what}")
        for what in ("materials", "site")
    ),
    *(path(f"events/<int:pk>/{act}/", events.act, {"act": act}, name=f"event-{act}") for act in events.ACTS),
    *(
        path(f"events/<int:pk>/{act}/", events.reasoned, {"act": act}, name=f"event-{act}")
        for act in events.REASONED
    ),
    path("events/<int:pk>/stand/", event_site.stand, name="event-stand"),
    path("events/<int:pk>/attendees/", event_site.attendees, name="event-attendees"),
    path("events/<int:pk>/poster/", event_site.poster, name="event-poster"),
    path("events/<int:pk>/code.svg", event_site.code, name="event-code"),
    path("events/<int:pk>/evaluation/", event_site.evaluation, name="event-evaluation"),
    path("events/<int:pk>/photos/", event_site.photo_add, name="event-photos"),
    path("events/<int:pk>/photos/<int:row>/", event_site.photo, name="event-photo"),
    path("events/<int:pk>/photos/<int:row>/remove/", event_site.photo_remove, name="event-photo-remove"),
    *(
        path(
            f"events/<int:pk>/print-{form}/",
            event_site.print_form,
            {"form": form},
            name=f"event-print-{form}",
        )
        for form in event_site.FORMS
    ),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/begin/", meetings.begin, name="meeting-begin"),
    path("meetings/<int:pk>/end/", meetings.end, name="meeting-end"),
    path("meetings/<int:pk>/tasks/", meetings.task_add, name="task-add"),
    path("tasks/", meetings.tasks, name="tasks"),
    path("tasks/<int:pk>/report/", meetings.task_report, name="task-report"),
    path("tasks/<int:pk>/drop/", meetings.task_drop, name="task-drop"),
    path("desk/", desk.desk, name="desk"),
    path("desk/<int:pk>/", desk.entry, name="desk-entry"),
    path("desk/<int:pk>/approve/", desk.approve, name="approve"),
    path("desk/<int:pk>/return/", desk.send_back, name="return"),
    path("desk/approve/", desk.approve_many, name="approve-many"),
]
