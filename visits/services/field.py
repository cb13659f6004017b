"""What a phone brings: positions, photos, and where clients are."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Invalid, NotFound
from crm.base.offline import PhoneTime
from crm.base.trail import record
from crm.base.uploads import read_paper
from crm.params import registry
from visits.choices import Fix, Light, LogState, PresenceKind
from visits.models import ClientPlace, Presence, Visit, VisitLog, VisitPhoto
from visits.rules import field as rules
from visits.rules import visits as visit_rules
from visits.services.logs import must_write_log
from visits.services.visits import check_in, check_out, client_to_visit, locked, save

# The newest check-ins tell where a client is.
LEARNT_FROM = 10


@dataclass(frozen=True, slots=True)
class Where:
    """What a phone said of its position. Units: degrees of WGS-84, metres, seconds."""

    fix: str = Fix.UNSENT
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy_m: int | None = None
    age_s: int | None = None


@transaction.atomic
def arrive(
    *,
    actor: User,
    visit: Visit,
    where: Where,
    phone: PhoneTime | None = None,
    at: datetime | None = None,
) -> Visit:
    """Note the arrival and where the phone was. Raises: what check_in raises. Source: S1-32, S1-40"""
    visit = check_in(actor=actor, visit=visit, arrived_at=phone.made_at if phone else at)
    _note(visit, PresenceKind.IN, where, phone)
    return visit


@transaction.atomic
def leave(
    *,
    actor: User,
    visit: Visit,
    where: Where,
    phone: PhoneTime | None = None,
    at: datetime | None = None,
) -> Visit:
    """Note the departure and where the phone was. Raises: what check_out raises."""
    visit = check_out(actor=actor, visit=visit, left_at=phone.made_at if phone else at)
    _note(visit, PresenceKind.OUT, where, phone)
    return visit


@transaction.atomic
def note_late(*, actor: User, visit: Visit, phone: PhoneTime | None = None) -> Visit:
    """Note that the client was told we come late; said twice, the first time stays.

    Raises: WRONG_STATE, Forbidden, NotFound. Source: S1-40
    """
    visit = locked(visit, actor)
    visit_rules.move(visit_rules.VISIT_MOVES, visit.state, "prepare", {})
    if visit.late_notified_at is None and visit.arrived_at is None:
        visit.late_notified_at = phone.made_at if phone else clock.now()
        save(visit, actor, "late_notified_at")
        record(actor=actor, action="visits.late_told", entity=visit, unit=visit.org_unit, data={})
    return visit


def _note(visit: Visit, kind: str, where: Where, phone: PhoneTime | None) -> Presence:
    numbers = registry.get_group("visits.", as_of=visit.visit_on)
    place = place_of(visit.client_id, numbers=numbers)
    distance = None
    if place and where.latitude is not None and where.longitude is not None:
        distance = rules.distance_m((float(where.latitude), float(where.longitude)), place)
    facts: dict[str, Any] = {
        "fix": where.fix,
        "accuracy_m": where.accuracy_m,
        "age_s": where.age_s,
        "distance_m": distance,
        "skew_s": phone.skew_s if phone else None,
    }
    light, reasons = rules.judge(facts, numbers)
    row, _made = Presence.objects.update_or_create(
        visit=visit,
        kind=kind,
        defaults=facts
        | {
            "latitude": where.latitude,
            "longitude": where.longitude,
            "light": light,
            "reasons": reasons,
            "phone_at": phone.phone_at if phone else None,
        },
    )
    return row


def place_of(client_id: int, *, numbers: Any) -> tuple[float, float] | None:
    """Return where a client is: as entered, else as its approved check-ins say. Units: degrees of WGS-84."""
    entered = ClientPlace.objects.filter(client=client_id).first()
    if entered:
        return float(entered.latitude), float(entered.longitude)
    known = (
        Presence.objects.filter(
            visit__client=client_id,
            visit__log__state=LogState.APPROVED,
            kind=PresenceKind.IN,
            fix=Fix.GIVEN,
            accuracy_m__lte=numbers["accuracy_m"],
        )
        .exclude(light=Light.RED)
        .order_by("-id")
        .values_list("latitude", "longitude")[:LEARNT_FROM]
    )
    return rules.middle(
        [(float(lat), float(lon)) for lat, lon in known if lat is not None and lon is not None],
        at_least=int(numbers["place_learn"]),
    )


@transaction.atomic
def enter_place(*, actor: User, client: Client, latitude: Decimal, longitude: Decimal) -> ClientPlace:
    """Say where a client is. Raises: what client_to_visit raises. Units: degrees of WGS-84."""
    client = client_to_visit(client, actor)
    place = ClientPlace.objects.select_for_update().filter(client=client).first() or ClientPlace(
        client=client, created_by=actor
    )
    place.latitude, place.longitude, place.updated_by = latitude, longitude, actor
    place.version += bool(place.pk)
    place.save()
    record(
        actor=actor, action="visits.place_entered", entity=client, unit=client.org_unit,
        data={"latitude": str(latitude), "longitude": str(longitude)},
    )  # fmt: skip
    return place


# ---- Photos


def _open_visit(visit: Visit, actor: User) -> Visit:
    """Return the locked visit if its photos may change. Raises: NotFound, Forbidden, LOG_LOCKED."""
    must_write_log(visit, actor)
    visit = locked(visit, actor)
    if VisitLog.objects.filter(visit=visit, state=LogState.APPROVED).exists():
        raise BusinessError("LOG_LOCKED", _("An approved log cannot be changed any more."))
    return visit


@transaction.atomic
def add_visit_photo(
    *, actor: User, visit: Visit, upload: UploadedFile, key: UUID, phone: PhoneTime | None = None
) -> VisitPhoto:
    """Keep a picture of the visit; the same key, and the same picture, is one row.

    Raises: Invalid PAPER_TOO_LARGE, PAPER_KIND, PAPER_BROKEN, PHOTO_LIMIT; LOG_LOCKED; Forbidden; NotFound.
    """
    visit = _open_visit(visit, actor)
    if known := VisitPhoto.objects.filter(key=key).first():
        return _same(known, visit)
    paper = read_paper(upload, field="photo", images_only=True)
    if known := VisitPhoto.objects.filter(visit=visit, sha256=paper.sha256).first():
        return known
    most = int(registry.get("visits.photos_max", as_of=clock.today()))
    if visit.photos.count() >= most:
        sentence = _("A visit has at most %(n)d photos. Remove one first.") % {"n": most}
        raise Invalid("PHOTO_LIMIT", sentence, fields={"photo": [sentence]})
    photo = VisitPhoto(
        key=key, visit=visit, content_type=paper.content_type, size=paper.size, sha256=paper.sha256,
        taken_at=phone.made_at if phone else clock.now(), uploaded_by=actor,
    )  # fmt: skip
    photo.file.save("photo", paper.content, save=False)
    try:
        with transaction.atomic():
            photo.save()
    except IntegrityError:
        # Another visit's photo took the key at the same moment.
        photo.file.delete(save=False)
        return _same(VisitPhoto.objects.get(key=key), visit)
    record(
        actor=actor, action="visits.photo_added", entity=visit, unit=visit.org_unit,
        data={"photo": photo.pk, "sha256": photo.sha256},
    )  # fmt: skip
    return photo


def _same(known: VisitPhoto, visit: Visit) -> VisitPhoto:
    if known.visit_id != visit.pk:
        raise BusinessError("KEY_TAKEN", _("This key was used for another visit."))
    return known


@transaction.atomic
def remove_visit_photo(*, actor: User, visit: Visit, photo_id: int) -> None:
    """Take a photo away before the log is approved. Raises: NotFound, Forbidden, LOG_LOCKED."""
    visit = _open_visit(visit, actor)
    photo = VisitPhoto.objects.filter(visit=visit, pk=photo_id).first()
    if photo is None:
        raise NotFound("NOT_FOUND", _("There is no such photo."))
    record(
        actor=actor, action="visits.photo_removed", entity=visit, unit=visit.org_unit,
        data={"photo": photo.pk, "sha256": photo.sha256},
    )  # fmt: skip
    name = photo.file.name
    storage = photo.file.storage
    photo.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name))
