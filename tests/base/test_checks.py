"""A database of another line of versions is refused before anything of it is touched."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from crm.base.checks import made_by_this_line_of_versions


@pytest.mark.django_db
def test_a_database_with_migrations_this_code_does_not_know_is_refused() -> None:
    assert made_by_this_line_of_versions(databases=["default"]) == []
    assert made_by_this_line_of_versions() == []

    recorder = MigrationRecorder(connection)
    recorder.record_applied("pghistory", "0999_of_somebody_else")
    assert made_by_this_line_of_versions(databases=["default"]) == []

    recorder.record_applied("clients", "0099_of_tomorrow")
    (error,) = made_by_this_line_of_versions(databases=["default"])
    assert "clients.0099_of_tomorrow" in str(error.hint)
    with pytest.raises(SystemCheckError, match="无法升级"):
        call_command("migrate", verbosity=0, skip_checks=False)
