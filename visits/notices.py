"""Tell people things: rows of the bell, in the language of who reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm.base import clock
from crm.base.models import Notification


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one person; the same key is told once.

    What is told again `daily` until it is mended has a key of subject and day; the newest is the one to read.
    """

    user_id: int
    kind: str
    text: str
    url: str
    key: str
    daily: bool = False

    @property
    def subject(self) -> str:
        """Return what the key says but for its day."""
        return subject_of(self.key)


def subject_of(key: str) -> str:
    """Return the subject of a key that ends with a day."""
    return key.rpartition(":")[0]


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
    _supersede([notice for notice in fresh if notice.daily])
    return len(fresh)


def _supersede(fresh: Sequence[Notice]) -> None:
    """Take unread notices of the days before out of the bell: the newest of a subject says all they said."""
    newest = {(notice.user_id, notice.subject): notice.key for notice in fresh}
    if not newest:
        return
    unread = Notification.objects.filter(
        user__in={user for user, _subject in newest}, kind__in={one.kind for one in fresh}, read_at=None
    )
    older = [
        pk
        for pk, user, key in unread.values_list("pk", "user", "key")
        if newest.get((user, subject_of(key)), key) != key
    ]
    Notification.objects.filter(pk__in=older).update(read_at=clock.now())
