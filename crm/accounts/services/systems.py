"""Writing verbs of client systems: accounts that log in by token."""

import uuid
from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from crm.accounts.choices import UserStatus
from crm.accounts.grants import SCOPES
from crm.accounts.models import ApiClient, OrgUnit, User
from crm.base.errors import BusinessError, Invalid, NotFound
from crm.base.trail import record


def _check(actor: User | None, unit: OrgUnit, scopes: list[str]) -> None:
    if actor is not None and not actor.scope.covers(unit, "accounts.manage"):
        sentence = _("Choose a unit that you administer.")
        raise Invalid("UNIT_OUT_OF_SCOPE", sentence, fields={"unit": [sentence]})
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        choices = _("Choose from these scopes: %(scopes)s") % {"scopes": ", ".join(SCOPES)}
        raise Invalid("UNKNOWN_SCOPE", choices, fields={"scopes": [choices]})


def _networks(given: Iterable[str]) -> list[str]:
    """Return networks as they are kept: 10.1.2.3 is 10.1.2.3/32."""
    found = []
    for text in given:
        try:
            found.append(str(ip_network(text.strip(), strict=False)))
        except ValueError:
            sentence = _("“%(text)s” is no address and no network such as 10.1.0.0/16.") % {"text": text[:43]}
            raise Invalid("UNKNOWN_NETWORK", sentence, fields={"networks": [sentence]}) from None
    return sorted(set(found))


def _managed(actor: User, system: ApiClient) -> ApiClient:
    found = ApiClient.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=system.pk).first()
    if found is None:
        raise NotFound("NOT_FOUND", _("There is no such client system, or you do not administer it."))
    return found


@transaction.atomic
def create_system(
    *, actor: User | None, name: str, unit: OrgUnit, scopes: list[str], networks: Iterable[str] = ()
) -> tuple[ApiClient, str]:
    """Register a client system; return it with its first token, which is stored as a hash only.

    Raises: Invalid UNIT_OUT_OF_SCOPE, UNKNOWN_SCOPE, UNKNOWN_NETWORK; BusinessError NAME_TAKEN.
    """
    _check(actor, unit, scopes)
    allowed = _networks(networks)
    account = User(
        staff_no=f"api-{uuid.uuid4().hex[:12]}", full_name=name[:40], org_unit=unit, is_system=True
    )
    account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save()
            system = ApiClient.objects.create(
                name=name, user=account, unit=unit, scopes=sorted(scopes), networks=allowed,
                created_by=actor, updated_by=actor,
            )  # fmt: skip
    except IntegrityError as error:
        sentence = _("Another client system has this name.")
        raise BusinessError("NAME_TAKEN", sentence, fields={"name": [sentence]}) from error
    _trace(actor, "accounts.system_created", system, scopes=system.scopes, networks=system.networks)
    return system, _issue(actor, system)


@transaction.atomic
def change_system(
    *,
    actor: User,
    system: ApiClient,
    unit: OrgUnit,
    scopes: list[str],
    networks: Iterable[str] | None = None,
) -> ApiClient:
    """Change what a system may see and do, and where it may call from; it holds from the next call on."""
    _check(actor, unit, scopes)
    found = _managed(actor, system)
    found.unit, found.scopes = unit, sorted(scopes)
    if networks is not None:
        found.networks = _networks(networks)
    found.save_by(actor, "unit", "scopes", "networks")
    User.objects.filter(pk=found.user_id).update(org_unit=unit)
    _trace(actor, "accounts.system_changed", found, scopes=found.scopes, networks=found.networks)
    return found


@transaction.atomic
def issue_token(*, actor: User, system: ApiClient) -> str:
    """Issue one more token, so that a system can change it without a gap.

    Raises: BusinessError SYSTEM_OFF.
    """
    found = _managed(actor, system)
    if not found.active:
        raise BusinessError("SYSTEM_OFF", _("The client system is switched off."))
    return _issue(actor, found)


def _issue(actor: User | None, system: ApiClient) -> str:
    instance, token = AuthToken.objects.create(user=system.user)
    _trace(actor, "accounts.token_issued", system, token=instance.token_key)
    return str(token)


@transaction.atomic
def revoke_token(*, actor: User, system: ApiClient, token_key: str) -> None:
    """Revoke a token; its next call is refused."""
    found = _managed(actor, system)
    deleted, _rows = AuthToken.objects.filter(user=found.user, token_key=token_key).delete()
    if not deleted:
        raise NotFound("NOT_FOUND", _("There is no such token."))
    _trace(actor, "accounts.token_revoked", found, token=token_key)


@transaction.atomic
def switch_system(*, actor: User, system: ApiClient, active: bool) -> ApiClient:
    """Switch a system off or on; its tokens stay, but are refused while it is off."""
    found = _managed(actor, system)
    if found.active != active:
        found.active = active
        found.save_by(actor, "active")
        status = UserStatus.ACTIVE if active else UserStatus.DISABLED
        User.objects.filter(pk=found.user_id).update(status=status)
        _trace(actor, "accounts.system_switched_on" if active else "accounts.system_switched_off", found)
    return found


def _trace(actor: User | None, action: str, system: ApiClient, **data: Any) -> None:
    record(actor=actor, action=action, entity=system, unit=system.unit, data={"name": system.name, **data})
