from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """The working day: visits, logs and their approval."""

    name = "visits"

    def ready(self) -> None:
        """Declare parameters and fill the places on the client's pages."""
        from clients.services.handovers import on_hand_over
        from crm.audit import labels
        from crm.base import workdays
        from crm.base.offline import keep_files
        from visits import badges, calendar, duties, params, slots, timeline  # noqa: F401
        from visits.choices import ACTS
        from visits.services.calls import move_open_calls
        from visits.services.handovers import move_open_events, move_open_opinions, move_open_visits

        keep_files(
            "css/visits.css", "css/calls.css", "css/workbench.css", "css/events.css",
            "js/visits.js", "js/field.js", "js/stand.js",
        )  # fmt: skip
        on_hand_over(move_open_visits)
        on_hand_over(move_open_calls)
        on_hand_over(move_open_events)
        on_hand_over(move_open_opinions)
        labels.register(ACTS)
        workdays.register(calendar.next_working_day, calendar.working_days)
