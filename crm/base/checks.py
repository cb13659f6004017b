"""What `migrate` asks before it touches a database."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader


@register(Tags.database)
def made_by_this_line_of_versions(
    app_configs: Sequence[AppConfig] | None = None, *, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Refuse a database that holds migrations of ours this code does not know.

    Such a one was made by an unreleased or a newer version; migrating it would end in a table that is there
    already.
    """
    ours = {
        config.label
        for config in apps.get_app_configs()
        if config.path.startswith(str(settings.BASE_DIR)) and "site-packages" not in config.path
    }
    found: list[CheckMessage] = []
    for alias in databases or ():
        loader = MigrationLoader(connections[alias], ignore_no_migrations=True)
        unknown = sorted(
            f"{label}.{name}"
            for label, name in loader.applied_migrations
            if label in ours and (label, name) not in loader.disk_migrations
        )
        if unknown:
            found.append(
                Error(
                    "这个数据库由更新的或尚未发布的版本建立，本版本无法升级它。"
                    " · This database was made by a newer or an unreleased version;"
                    " this one cannot migrate it.",
                    hint="换回原来的版本，或移走数据目录后重新开始。"
                    " · Go back to that version, or move the data directory away and begin anew."
                    f" ({', '.join(unknown[:3])}{' …' if len(unknown) > 3 else ''})",
                    id="base.E001",
                )
            )
    return found
