"""What keeps tests apart: a broker database for each parallel worker, seeds back after a truncation.

And what they need not wait for: static files come from their sources, uncollected.
"""

import gc
import io
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

DATABASES_OF_VALKEY = 16
_seeds: dict[str, str] = {}


def database_url() -> str:
    """Return the address of this process's test database, for a process of its own."""
    where = connection.settings_dict
    address = f"postgresql://{quote(where['USER'])}:{quote(where['PASSWORD'])}@/{where['NAME']}"
    return f"{address}?{urlencode({'host': where['HOST'], 'port': where['PORT'] or 5432})}"


def broker_url(url: str, worker: int) -> str:
    """Return the address of another database of the same server for each parallel worker."""
    if url.startswith("redis+socket://"):
        return f"{url.split('?')[0]}?virtual_host={(8 * worker) % DATABASES_OF_VALKEY}"
    parts = urlsplit(url)
    number = (int(parts.path.strip("/") or 0) + 8 * worker) % DATABASES_OF_VALKEY
    return parts._replace(path=f"/{number}").geturl()


def pytest_configure(config: pytest.Config) -> None:
    """Point cache and broker of this process at a database of its own."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    settings.REDIS_URL = settings.CELERY_BROKER_URL = broker_url(settings.REDIS_URL, worker)
    settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL.replace("redis+socket://", "unix://").replace(
        "virtual_host=", "db="
    )
    current_app.conf.update(broker_url=settings.CELERY_BROKER_URL)
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True


def pytest_collection_finish(session: pytest.Session) -> None:
    """Take what is loaded by now for lasting: walking through it again and again cost a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold a long test, so that the end does not wait for one of them alone."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)


def _template(config: pytest.Config) -> str:
    """Return the database that parallel workers copy theirs from; empty when there are none to make."""
    option = config.option
    workers = os.environ.get("PYTEST_XDIST_WORKER") or getattr(option, "numprocesses", None)
    if not workers or (option.reuse_db and not option.create_db):
        return ""
    return f"test_{connection.settings_dict['NAME']}_template"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Migrate once for all parallel workers, before they start; each copies the result in a second."""
    name = _template(session.config)
    if not name:
        return
    test = connection.settings_dict["TEST"]
    if "PYTEST_XDIST_WORKER" in os.environ:
        test["TEMPLATE"] = name
        return
    plain = connection.settings_dict["NAME"]
    test["NAME"] = name
    with session.config.stash[blocking_manager_key].unblock():
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = plain
    test["NAME"] = None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove what the workers copied from."""
    if _template(session.config) and "PYTEST_XDIST_WORKER" not in os.environ:
        unblocked = session.config.stash[blocking_manager_key].unblock()
        with unblocked, connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{_template(session.config)}"')


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Remember what migrations have put into the tables."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table != "django_migrations" and (rows := _rows_of(table, cursor)):
                _seeds[table] = rows


@pytest.fixture(autouse=True, scope="session")
def _flush_keeps_seeds() -> Iterator[None]:
    """Take away what a test has committed instead of truncating and seeding every table."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: restore_tables())
        yield


def restore_tables() -> None:
    """Empty the tables that hold rows, and make those that migrations had filled what they were.

    Neither keys nor triggers are asked; on another server than that of `make test` the role needs
    `GRANT SET ON PARAMETER session_replication_role`.
    """
    if not connection.settings_dict["NAME"].startswith("test_"):
        raise RuntimeError("only a test database is emptied")
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        tables = set(connection.introspection.table_names(cursor)) - {"django_migrations", *_seeds}
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in sorted(tables)
            )
        )
        filled = [table for (table,) in cursor.fetchall()]
        changed = [table for table, rows in _seeds.items() if _rows_of(table, cursor) != rows]
        for table in [*filled, *changed]:
            cursor.execute(f'DELETE FROM "{table}"')
        for table in changed:
            cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.StringIO(_seeds[table]))
    ContentType.objects.clear_cache()


def _rows_of(table: str, cursor: Any) -> str:
    """Return the rows of a table as COPY writes them."""
    rows = io.StringIO()
    cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
    return rows.getvalue()
