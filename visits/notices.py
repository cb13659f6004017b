"""Tell people things: rows of the bell, in the language of who reads them."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation

from crm.accounts.models import User
from crm.base.models import Notification


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one person; the same key is told once."""

    user_id: int
    kind: str
    text: str
    url: str
    key: str


def in_language_of(user: User) -> AbstractContextManager[None]:
    """Speak the person's language inside the block."""
    return translation.override(user.language or settings.LANGUAGE_CODE)


def tell(notices: Iterable[Notice]) -> int:
    """Write notices nobody was told yet; return how many."""
    wanted = {(notice.user_id, notice.key): notice for notice in notices}
    known = set(
        Notification.objects.filter(
            user__in={user for user, _key in wanted}, key__in={key for _user, key in wanted}
        ).values_list("user_id", "key")
    )
    fresh = [notice for pair, notice in wanted.items() if pair not in known]
    Notification.objects.bulk_create(
        [
            Notification(
                user_id=notice.user_id,
                kind=notice.kind,
                text=notice.text[:300],
                url=notice.url,
                key=notice.key,
            )
            for notice in fresh
        ],
        ignore_conflicts=True,
    )
    return len(fresh)
