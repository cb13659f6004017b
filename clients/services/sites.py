"""Take the suggested region, and note branches that are no clients of ours."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from clients.models import BranchSite, Client
from clients.services.files import locked
from clients.services.key_accounts import refresh_key_accounts
from clients.services.regions import suggest_region
from crm.accounts.models import User
from crm.base.errors import Invalid
from crm.base.models import Region
from crm.base.text import clean
from crm.base.trail import record


@transaction.atomic
def take_region(*, actor: User, client_id: int) -> Client:
    """Take the region that follows from the branches."""
    client = locked(client_id, actor)
    suggested, _known = suggest_region(client)
    if client.region_scope != suggested or client.region_reason:
        client.region_scope, client.region_reason = suggested, ""
        client.stamp(actor)
        client.save()
        refresh_key_accounts([client.pk])
        record(
            actor=actor, action="clients.changed", entity=client, unit=client.org_unit,
            data={"fields": ["region_scope"]},
        )  # fmt: skip
    return client


@transaction.atomic
def add_site(
    *, actor: User, client_id: int, name: str, place: Region | None = None, country: str = ""
) -> BranchSite:
    """Note a branch that is no client of ours, here or abroad.

    Raises: Invalid when neither or both of region and country are given, or the name is noted already.
    """
    client = locked(client_id, actor)
    name, country = clean(name)[:120], clean(country)[:40]
    if not name:
        sentence = _("This field is required.")
        raise Invalid("INVALID", sentence, fields={"name": [sentence]})
    if bool(place) == bool(country):
        sentence = _("Give either the region, or the country if it lies abroad.")
        raise Invalid("INVALID", sentence, fields={"region": [sentence]})
    try:
        with transaction.atomic():
            site = BranchSite.objects.create(
                client=client, name=name, region=place, country=country, created_by=actor
            )
    except IntegrityError as error:
        sentence = _("A branch of this name is noted already.")
        raise Invalid("INVALID", sentence, fields={"name": [sentence]}) from error
    refresh_key_accounts([client.pk])
    record(
        actor=actor, action="clients.site_added", entity=client, unit=client.org_unit,
        data={"name": name, "place": country or str(place)},
    )  # fmt: skip
    return site


@transaction.atomic
def remove_site(*, actor: User, client_id: int, site_id: int) -> None:
    """Take a branch out of the file."""
    client = locked(client_id, actor)
    site = BranchSite.objects.filter(client=client, pk=site_id).first()
    if site is None:
        raise Invalid("INVALID", _("There is no such branch."))
    site.delete()
    refresh_key_accounts([client.pk])
    record(
        actor=actor, action="clients.site_removed", entity=client, unit=client.org_unit,
        data={"name": site.name},
    )  # fmt: skip
