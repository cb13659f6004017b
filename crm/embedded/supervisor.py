"""`make run`: servers, preparation, web, worker and beat, watched until Ctrl-C."""

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from crm.embedded import processes
from crm.embedded.ports import is_answering, open_port
from crm.embedded.problems import Problem
from crm.embedded.server import Server
from crm.embedded.sharing import Pair, application_environment
from crm.embedded.state import stop_orphans, stop_program
from crm.embedded.talk import say, step
from crm.embedded.wanted import PROJECT

TICK_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30
CALM_SECONDS = 60  # alive this long, a part's next death counts as its first
WEB_SECONDS = 90
QUEUES = "interactive,import,nightly"
DEMO_LOGINS = "am1  am2  am3  head  leader  gcdept  provadmin  sysadmin  auditor"


@dataclasses.dataclass
class Part:
    """A program of the application, or a server, under watch."""

    name: str
    zh: str
    log: Path
    start: Callable[[], None]
    find: Callable[[], psutil.Process | None]
    deaths: int = 0
    started_at: float = 0.0
    again_at: float = 0.0


class Stopped(Exception):
    """Somebody asked us to stop while we were starting."""


class Supervisor:
    """One run of this clone."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.home = pair.home
        self.stopping = False
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.parts: list[Part] = []
        self.address = ""
        self.environment: dict[str, str] = {}

    # -- signals

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as the wish to stop; the second time means now."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self.stopping and number == signal.SIGINT:
            for child in self.children.values():
                processes.kill_group(child.pid)
        self.stopping = True

    def is_stopping(self) -> bool:
        """Say whether we were asked to stop."""
        return self.stopping

    # -- one run

    def run(self) -> int:
        """Start everything, watch it, stop it; return the exit code."""
        self.listen()
        stop_orphans(self.home)
        listener = open_port(os.environ.get("PORT", ""))
        try:
            self.address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            self._remember()
            with step("启动 PostgreSQL 和 Valkey", "starting PostgreSQL and Valkey"):
                self.pair.acquire(self.is_stopping)
            try:
                self._prepare()
                self._start_parts(listener.fileno())
                self._wait_for_web()
                self._greet()
                self._watch()
            except Stopped:
                pass
            finally:
                self._stop()
        finally:
            listener.close()
            self._state_file.unlink(missing_ok=True)
        return 0

    def _prepare(self) -> None:
        self.environment = {
            **os.environ,
            **application_environment(self.home, demo="DATABASE_URL" in self.pair.servers),
            **self.pair.urls,
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "crm.settings",
        }
        with step("编译中文翻译", "compiling messages"):
            self._manage("-m", "crm.base.messages", "compile")
        with step("更新数据库结构", "migrating the database"):
            self._manage("manage.py", "migrate", "--verbosity", "1")
        with step("收集静态文件", "collecting static files"):
            self._collect_static()
        if self.environment.get("DEMO", "") not in {"", "0", "false", "False", "off", "no"}:
            with step("准备演示数据（首次约一分钟）", "demo data (about a minute the first time)"):
                self._manage("manage.py", "load_demo", "--if-empty")

    def _collect_static(self) -> None:
        """Collect only when a file is newer than the last collection."""
        target = Path(self.environment.get("STATIC_ROOT") or PROJECT / "staticfiles") / "staticfiles.json"
        sources = [PROJECT / "static", PROJECT / "requirements", PROJECT / "crm" / "settings.py"]
        if not target.exists() or _newest(sources) > target.stat().st_mtime:
            self._manage("manage.py", "collectstatic", "--noinput", "--verbosity", "0")

    def _manage(self, *arguments: str) -> None:
        """Run one preparing command to its end; its output goes to a log and is shown when it fails."""
        if self.stopping:
            raise Stopped
        log = self.home.log("prepare")
        with log.open("ab") as output:
            output.write(f"$ {' '.join(arguments)}\n".encode())
            output.flush()
            child = self._spawn("prepare", [sys.executable, *arguments], output.fileno())
        while child.poll() is None:
            if self.stopping:
                child.terminate()
                child.wait()
                raise Stopped
            time.sleep(processes.POLL_SECONDS)
        del self.children["prepare"]
        if child.returncode:
            words = " ".join(arguments)
            raise Problem(
                f"命令 {words} 失败（代码 {child.returncode}），日志：{log}（最后几行见上）。",
                f"The command {words} failed (code {child.returncode}), log: {log} (last lines above).",
                own_servers=False,
                details=processes.last_lines(log, 30),
            )

    def _spawn(
        self, name: str, command: Sequence[str], output: int, more: Sequence[int] = ()
    ) -> subprocess.Popen[bytes]:
        # The child inherits users.lock: servers are not stopped under an orphan's feet.
        child = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[self.pair.users.descriptor, *more],
        )
        self.children[name] = child
        return child

    # -- parts

    def _start_parts(self, listener: int) -> None:
        python = sys.executable
        beat = self.environment["CELERY_BEAT_SCHEDULE_FILENAME"]
        programs = {
            "worker": ("后台任务", [
                python, "-m", "celery", "-A", "crm", "worker", f"--queues={QUEUES}", "--concurrency=2",
                "--loglevel=INFO", "--without-gossip", "--without-mingle",
            ]),
            "beat": ("定时器", [
                python, "-m", "celery", "-A", "crm", "beat", f"--schedule={beat}", "--pidfile=",
                "--loglevel=INFO",
            ]),
            "web": ("网页服务", [
                python, "-m", "gunicorn", "crm.wsgi:application", f"--bind=fd://{listener}",
                "--worker-class=gthread", "--workers=2", "--threads=4", "--timeout=120",
                "--graceful-timeout=10", "--access-logfile=-", "--no-control-socket",
            ]),
        }  # fmt: skip
        for variable, server in self.pair.servers.items():
            self.parts.append(
                self._server_part("数据库" if variable == "DATABASE_URL" else "消息队列", server)
            )
        for name, (zh, command) in programs.items():
            part = self._program_part(name, zh, command, (listener,) if name == "web" else ())
            self.parts.append(part)
            part.start()
            part.started_at = time.monotonic()
        self._remember()

    def _server_part(self, zh: str, server: Server) -> Part:
        def start() -> None:
            self.pair.restart(server, self.is_stopping)

        log = self.home.log(server.name)
        return Part(server.name, zh, log, start, server.find, started_at=time.monotonic())

    def _program_part(self, name: str, zh: str, command: list[str], descriptors: Sequence[int]) -> Part:
        log = self.home.log(name)

        def start() -> None:
            with log.open("ab") as output:
                self._spawn(name, command, output.fileno(), descriptors)

        def find() -> psutil.Process | None:
            child = self.children.get(name)
            return processes.find(child.pid) if child and child.poll() is None else None

        return Part(name, zh, log, start, find)

    def _wait_for_web(self) -> None:
        web = next(part for part in self.parts if part.name == "web")
        with step("启动网页和后台任务", "starting web, worker and beat"):
            deadline = time.monotonic() + WEB_SECONDS
            while not is_answering(self.address + "healthz"):
                if self.stopping:
                    raise Stopped
                self._look_after()
                if web.deaths > 2 or time.monotonic() > deadline:
                    raise Problem(
                        f"网页服务没有启动成功，日志：{web.log}（最后几行见上）。",
                        f"The web server did not start, log: {web.log} (its last lines are above).",
                        own_servers=False,
                        details=processes.last_lines(web.log, 30),
                    )
                time.sleep(TICK_SECONDS)

    def _watch(self) -> None:
        while not self.stopping:
            self._look_after()
            time.sleep(TICK_SECONDS)

    def _look_after(self) -> None:
        """Restart the parts that died, later each time."""
        now = time.monotonic()
        for part in self.parts:
            if self.stopping:
                return
            if part.again_at:
                if now >= part.again_at:
                    self._start_again(part)
            elif part.find() is None:
                self._mourn(part, now)
            elif part.deaths and now - part.started_at > CALM_SECONDS:
                part.deaths = 0

    def _mourn(self, part: Part, now: float) -> None:
        pause = min(2**part.deaths, LONGEST_PAUSE_SECONDS)
        part.deaths += 1
        part.again_at = now + pause
        child = self.children.get(part.name)
        code = ""
        if child:
            # Pool children of a killed worker would go on with its tasks beside the new one.
            processes.kill_group(child.pid)
            code = str(child.returncode)
        say(
            f"{part.zh}（{part.name}）意外退出{f'（代码 {code}）' if code else ''}，{pause} 秒后重新启动",
            f"{part.name} ended{f' (code {code})' if code else ''}, again in {pause} s, log: {part.log}",
        )

    def _start_again(self, part: Part) -> None:
        part.again_at = 0.0
        part.started_at = time.monotonic()
        try:
            part.start()
        except Problem as problem:
            problem.show()
            self._mourn(part, time.monotonic())
            return
        self._remember()
        if not self.stopping:
            say(f"{part.zh}（{part.name}）已恢复", f"{part.name} runs again")

    # -- the end

    def _stop(self) -> None:
        self.stopping = True
        if self.parts:
            say("正在停止", "stopping")
        for name in ("prepare", "web", "beat", "worker"):
            if child := self.children.get(name):
                stop_program(name, child.pid)
                child.poll()
        if self.pair.release():
            say("已全部停止，数据已保留", "all stopped, data kept")
        else:
            say(
                "网页和后台任务已停止；另一个命令还在使用数据库，它结束时数据库随之停止",
                "web and worker stopped; another command still uses the database, which stops when that ends",
            )

    # -- what others may read

    @property
    def _state_file(self) -> Path:
        return self.home.path / "state.json"

    def _remember(self) -> None:
        programs: dict[str, Any] = {}
        for name, child in self.children.items():
            with contextlib.suppress(psutil.Error):
                programs[name] = {"pid": child.pid, "born": psutil.Process(child.pid).create_time()}
        state = {
            "pid": os.getpid(),
            "address": self.address,
            "project": str(PROJECT),
            "programs": programs,
        }
        fresh = self._state_file.with_suffix(".new")
        fresh.write_text(json.dumps(state, indent=1))
        fresh.replace(self._state_file)

    def _greet(self) -> None:
        demo = self.environment.get("DEMO") == "1"
        lines = [
            "",
            f"  集团客户 CRM 已启动：{self.address}",
            f"  Group-client CRM runs at {self.address}",
        ]
        if demo:
            lines += [
                "",
                "  演示账号（仅限演示，密码均为 demo）· demo logins (password: demo)",
                f"    {DEMO_LOGINS}",
            ]
        lines += [
            "",
            f"  数据 · data: {self.home.path}",
            f"  日志 · logs: {self.home.logs}",
            "  按 Ctrl-C 停止 · press Ctrl-C to stop",
            "",
        ]
        print("\n".join(lines), flush=True)


def _newest(paths: Sequence[Path]) -> float:
    times = [0.0]
    for path in paths:
        for found in (path, *path.rglob("*")):
            with contextlib.suppress(OSError):
                times.append(found.stat().st_mtime)
    return max(times)
