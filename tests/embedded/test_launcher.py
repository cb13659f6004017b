"""`make run` and its servers: started, killed in every part, found again, stopped."""

import os
import signal
import socket
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from crm.embedded import paths, ports, processes
from crm.embedded.postgres import memory_settings
from crm.embedded.problems import Problem
from tests.embedded.standin import Clone, Run, free_port, until

OWN_SERVERS = ("DATABASE_URL=", "REDIS_URL=")


def both_languages(text: str) -> bool:
    """Say whether a sentence for the user is there in Chinese and in English."""
    return any("\u4e00" <= sign <= "\u9fff" for sign in text) and any(sign.isascii() for sign in text)


def lives(pid: int) -> bool:
    """Say whether a process runs; a zombie does not."""
    return processes.find(pid) is not None


def is_another(clone: Clone, name: str, before: int) -> bool:
    """Say whether a part runs again under a new number."""
    return clone.pid(name) not in {0, before}


def test_run_serves_restarts_whatever_is_killed_and_stops_cleanly(clone: Clone) -> None:
    clone.sql("CREATE TABLE kept AS SELECT 1 AS one")
    with clone.running() as run:
        for name in ("web", "worker", "beat", "postgres", "valkey"):
            before = clone.pid(name)
            assert before, f"{name} does not run"
            os.kill(before, signal.SIGKILL)
            until(partial(is_another, clone, name, before), what=f"{name} stayed away")
            assert f"{name} ended" in run.text
        until(run.answers, what="the page stayed away")
        assert clone.sql("SELECT one FROM kept") == "1"
        family = run.family()
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(60) == 0, run.text
        assert not [process.pid for process in family if lives(process.pid)]
    assert "all stopped" in run.text
    assert clone.pid("postgres") == clone.pid("valkey") == 0


def test_nothing_listens_but_the_web_server_on_the_loopback_address(serving: Run) -> None:
    listening = {
        (connection.laddr.ip, connection.laddr.port)
        for process in serving.family()
        for connection in process.net_connections("inet")
        if connection.status in {psutil.CONN_LISTEN, psutil.CONN_NONE} and connection.laddr
    }
    assert listening == {("127.0.0.1", serving.port)}
    status = serving.clone.call("status")
    assert status.returncode == 0
    assert f"http://127.0.0.1:{serving.port}/" in status.stdout
    sockets = serving.clone.home / "run"
    assert sockets.stat().st_mode & 0o077 == 0
    assert (sockets / "valkey.sock").is_socket()


def test_a_second_run_says_where_the_first_one_is(serving: Run) -> None:
    second = serving.clone.call("run")
    assert second.returncode == 0
    assert f"http://127.0.0.1:{serving.port}/" in second.stdout
    assert "已经在运行" in second.stdout
    assert serving.answers()


def test_a_command_shares_the_servers_of_make_run(serving: Run) -> None:
    database = serving.clone.pid("postgres")
    shared = serving.clone.execute([serving.clone.python, "manage.py", "show"])
    assert str(serving.clone.home) in shared.stdout
    assert serving.clone.pid("postgres") == database, "the command stopped the servers of make run"


def test_a_command_alone_starts_servers_for_its_own_life(clone: Clone) -> None:
    alone = clone.execute([clone.python, "manage.py", "show"])
    assert alone.returncode == 0, alone.stderr
    assert str(clone.home) in alone.stdout
    assert clone.pid("postgres") == clone.pid("valkey") == 0, "the command left its servers running"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can show what root does")
def test_root_runs_the_servers_as_an_unprivileged_user(serving: Run) -> None:
    for name in ("postgres", "valkey"):
        assert psutil.Process(serving.clone.pid(name)).uids().real != 0


def test_no_directory_above_the_data_changes_its_mode(fresh_clone: Clone) -> None:
    modes = {parent: parent.stat().st_mode for parent in fresh_clone.home.parents}
    fresh_clone.sql("SELECT 1")
    assert {parent: parent.stat().st_mode for parent in modes} == modes


def test_a_killed_supervisor_is_replaced_and_stop_ends_what_it_left(clone: Clone) -> None:
    names = ("web", "worker", "beat", "postgres", "valkey")
    clone.sql("CREATE TABLE survived AS SELECT 1 AS one")
    with clone.running() as first:
        before = {name: clone.pid(name) for name in names}
        first.kill()
    assert lives(before["postgres"])
    with clone.running(PORT=str(first.port)) as second:
        assert "上次运行被强行结束" in second.text
        assert clone.pid("postgres") == before["postgres"], "the running database was not used again"
        assert not any(lives(before[name]) for name in ("web", "worker", "beat"))
        assert clone.sql("SELECT one FROM survived") == "1"
        after = {name: clone.pid(name) for name in names}
        second.kill()
    assert clone.call("stop").returncode == 0
    assert not any(lives(pid) for pid in after.values())


def test_addresses_in_the_environment_are_used_as_they_are(clone: Clone) -> None:
    given = {"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://d:1/0"}
    assert clone.execute([clone.python, "manage.py", "show"], **given).stdout.split() == list(given.values())
    assert clone.pid("postgres") == 0


def test_a_pid_file_whose_number_lives_again_after_a_reboot_stops_nothing(clone: Clone) -> None:
    clone.sql("SELECT 1")
    stranger = psutil.Process()
    (clone.home / "postgres" / "postmaster.pid").write_text(
        f"{stranger.pid}\n{clone.home / 'postgres'}\n1\n5432\n{clone.home / 'run'}\n\n1 1\nready\n"
    )
    (clone.home / "run" / "valkey.pid").write_text(str(stranger.pid))
    assert clone.sql("SELECT 1") == "1"
    assert stranger.is_running()


def test_a_failing_step_shows_the_end_of_its_log_and_leaves_nothing_running(fresh_clone: Clone) -> None:
    (fresh_clone.path / "manage.py").write_text("import sys\nprint('the reason')\nsys.exit(3)\n")
    failed = fresh_clone.call("run", PORT=str(free_port()))
    assert failed.returncode == 1
    assert "the reason" in failed.stderr
    assert "manage.py migrate" in failed.stderr
    assert both_languages(failed.stderr)
    assert fresh_clone.pid("postgres") == 0


def test_test_servers_are_fresh_and_nothing_of_them_stays(clone: Clone) -> None:
    script = f'{clone.psql} -XAtq "$DATABASE_URL" -c "SHOW fsync" -c "CREATE TABLE kept_by_test ()"; exit 7'
    for _ in range(2):
        done = clone.call("exec", "--test", "--", "sh", "-c", script)
        assert (done.returncode, done.stdout.strip(), done.stderr) == (7, "off", "")
    assert list(clone.home.glob("test-*")) == []


def test_test_servers_of_a_killed_session_are_swept(clone: Clone) -> None:
    script = "kill -9 $PPID; exec sleep 0"
    clone.call("exec", "--test", "--", "sh", "-c", script)
    (left,) = clone.home.glob("test-*")
    orphan = int((left / "postgres" / "postmaster.pid").read_text().split()[0])
    assert clone.call("exec", "--test", "--", "true").returncode == 0
    assert not left.exists()
    assert not lives(orphan)


def test_an_ordinary_user_runs_it_and_keeps_the_data_under_var(ordinary_clone: Clone) -> None:
    with ordinary_clone.running() as run:
        owners = {process.uids().real for process in run.family()}
        assert 0 not in owners
        assert (ordinary_clone.path / "var" / "postgres").stat().st_mode & 0o077 == 0
        ordinary_clone.sql("CREATE TABLE kept AS SELECT 1 AS one")
    began = time.monotonic()
    with ordinary_clone.running():
        assert time.monotonic() - began < 20
        assert ordinary_clone.sql("SELECT one FROM kept") == "1"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can have a directory its servers may not enter")
def test_a_closed_parent_is_refused_with_a_sentence(fresh_clone: Clone) -> None:
    closed = fresh_clone.path / "closed"
    closed.mkdir(mode=0o700)
    refused = fresh_clone.call("run", CRM_DATA_DIR=str(closed / "data"))
    assert refused.returncode == 1
    assert "CRM_DATA_DIR" in refused.stderr
    assert both_languages(refused.stderr)
    assert "Traceback" not in refused.stderr
    assert all(word in refused.stderr for word in OWN_SERVERS)
    assert closed.stat().st_mode & 0o777 == 0o700


def test_an_unwritable_directory_is_refused_with_a_sentence(clone: Clone) -> None:
    refused = clone.call("run", CRM_DATA_DIR="/proc/crm")
    assert refused.returncode == 1
    assert "/proc/crm" in refused.stderr
    assert both_languages(refused.stderr)
    assert "Traceback" not in refused.stderr
    assert all(word in refused.stderr for word in OWN_SERVERS)


def test_a_data_directory_of_another_version_is_refused_with_a_sentence(fresh_clone: Clone) -> None:
    (fresh_clone.home / "postgres").mkdir(parents=True)
    (fresh_clone.home / "postgres" / "PG_VERSION").write_text("16\n")
    refused = fresh_clone.call("run", PORT=str(free_port()))
    assert refused.returncode == 1
    assert "PostgreSQL 18" in refused.stderr
    assert both_languages(refused.stderr)


def test_a_platform_without_the_wheels_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Problem) as refused:
        paths.find_binaries(paths.Owner("somebody", os.geteuid(), os.getegid(), foreign=False))
    assert all(word in refused.value.zh and word in refused.value.en for word in OWN_SERVERS)


def test_a_taken_port_that_was_asked_for_is_refused_and_named(clone: Clone) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = clone.call("run", PORT=str(port))
        assert refused.returncode == 1
        assert f"Port {port} is taken" in refused.stderr
        assert str(os.getpid()) in refused.stderr
        assert "已被" in refused.stderr
    assert clone.pid("postgres") == 0


@pytest.mark.parametrize("wanted", ["no", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(wanted: str) -> None:
    with pytest.raises(Problem, match="is not a port"):
        ports.open_port(wanted)


def test_without_a_wish_the_next_free_port_is_taken_and_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "DEFAULT_PORT", port)
        with ports.open_port("") as listener:
            assert listener.getsockname()[1] > port
        assert f"port {port} is taken" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("megabytes", "shared", "cache"),
    [(1_000, "256MB", "1024MB"), (8_000, "800MB", "2666MB"), (64_000, "2048MB", "21333MB")],
)
def test_the_database_server_keeps_pages_by_what_the_machine_has(
    megabytes: int, shared: str, cache: str
) -> None:
    assert memory_settings(megabytes) == {"shared_buffers": shared, "effective_cache_size": cache}


def test_a_long_path_gets_its_sockets_in_a_short_private_directory() -> None:
    owner = paths.Owner("somebody", os.geteuid(), os.getegid(), foreign=False)
    home = paths.Home(Path("/", *["a" * 40] * 4), owner)
    assert len(os.fsencode(home.sockets)) < paths.LONGEST_SOCKET_DIRECTORY
    assert home.sockets != paths.Home(Path("/", *["b" * 40] * 4), owner).sockets


def test_without_its_libraries_a_command_says_so_or_does_not_need_them(clone: Clone) -> None:
    # A production image has neither the wheels nor psutil.
    bare = "import sys; sys.modules['psutil'] = None; sys.argv = {argv}; exec(open('manage.py').read())"
    refused = clone.execute([clone.python, "-c", bare.format(argv=["manage.py", "show"])])
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert all(word in refused.stderr for word in OWN_SERVERS)
    assert (
        clone.execute([clone.python, "-c", bare.format(argv=["manage.py", "collectstatic"])]).returncode == 0
    )
    given = {"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://d:1/0"}
    served = clone.execute([clone.python, "-c", bare.format(argv=["manage.py", "show"])], **given)
    assert served.stdout.split() == list(given.values())
