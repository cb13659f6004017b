"""Clones to try the launcher on, with the user of this session and with an ordinary one."""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.embedded.standin import Clone, Run, make_clone


def _our_data_directory(clone: Clone) -> Clone:
    # Root would use /var/lib; a test keeps to its own directory.
    clone.variables["CRM_DATA_DIR"] = str(clone.path / "var")
    return clone


@pytest.fixture(scope="module")
def clone() -> Iterator[Clone]:
    """Return a clone run by whoever runs the tests; its data lives as long as the module."""
    made = _our_data_directory(make_clone())
    yield made
    made.remove()


@pytest.fixture(scope="module")
def serving() -> Iterator[Run]:
    """Return a run that tests look at and leave as it is."""
    made = _our_data_directory(make_clone())
    with made.running() as run:
        yield run
    made.remove()


@pytest.fixture
def fresh_clone() -> Iterator[Clone]:
    """Return a clone that has never run."""
    made = _our_data_directory(make_clone())
    yield made
    made.remove()


@pytest.fixture
def ordinary_clone() -> Iterator[Clone]:
    """Return a clone owned and run by an ordinary user, whoever runs the tests."""
    if os.geteuid() != 0:
        made = make_clone()
        yield made
        made.remove()
        return
    nobody = pwd.getpwnam("nobody")
    user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    made = make_clone(user=user)
    for directory, folders, files in os.walk(made.path):
        for name in (".", *folders, *files):
            os.chown(os.path.join(directory, name), nobody.pw_uid, nobody.pw_gid)
    for python in (sys.executable, "/usr/bin/python3.11", "/usr/bin/python3"):
        made.python = python
        try:
            if (
                made.execute(
                    [python, "-c", "import sys, psutil, celery; sys.exit(sys.version_info < (3, 11))"]
                ).returncode
                == 0
            ):
                break
        except (OSError, subprocess.SubprocessError):
            continue
    else:
        made.remove()
        pytest.skip("no Python here that an ordinary user may read")
    yield made
    made.remove()
