"""How long a meeting should take (Source: S1-13, S1-96, E199). Hints, never gates."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from visits.choices import MeetingKind


def duration_hint(
    kind: str, minutes: int, *, morning: tuple[int, int], evening_max: int
) -> str | Promise | None:
    """Return what to say about the length of a meeting, or None when it is as it should be.

    Units: whole minutes; `morning` is the shortest and the longest, both allowed.
    """
    if kind == MeetingKind.MORNING and not morning[0] <= minutes <= morning[1]:
        return _("A morning meeting takes %(least)d to %(most)d minutes; this one took %(minutes)d.") % {
            "least": morning[0],
            "most": morning[1],
            "minutes": minutes,
        }
    if kind == MeetingKind.EVENING and minutes > evening_max:
        return _("An evening meeting takes at most %(most)d minutes; this one took %(minutes)d.") % {
            "most": evening_max,
            "minutes": minutes,
        }
    return None
