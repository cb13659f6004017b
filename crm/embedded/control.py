"""The words of the command line: run, status, stop."""

import shutil
import signal

from crm.embedded import processes
from crm.embedded.paths import find_home
from crm.embedded.sharing import Lock, pair_of_this_clone
from crm.embedded.state import read_state, stop_orphans
from crm.embedded.supervisor import Supervisor
from crm.embedded.talk import say
from crm.embedded.wanted import PROJECT, missing


def run() -> int:
    """Run this clone, or say where it already runs."""
    home = find_home()
    home.prepare()
    lock = Lock(home.path / "run.lock")
    if not lock.take(wait=False):
        address = read_state(home).get("address", "")
        say(f"已经在运行：{address}", f"already running at {address}")
        return 0
    try:
        return Supervisor(pair_of_this_clone(missing())).run()
    finally:
        lock.drop()


def status() -> int:
    """Print what runs; the exit code is 0 when the application does."""
    home = find_home()
    running = home.path.exists() and Lock(home.path / "run.lock").is_held()
    state = read_state(home)
    if running:
        say(f"正在运行：{state.get('address')}（进程 {state.get('pid')}）", "running")
    else:
        say("没有运行", "not running")
    for name, known in state.get("programs", {}).items():
        alive = processes.find(known["pid"], known["born"]) is not None
        print(f"  {name:9}{known['pid'] if alive else '-'}")
    if home.path.exists():
        for server in pair_of_this_clone({"DATABASE_URL", "REDIS_URL"}).servers.values():
            process = server.find()
            print(f"  {server.name:9}{process.pid if process else '-'}  {server.url}")
    print(f"  数据 · data: {home.path}")
    free = shutil.disk_usage(home.path if home.path.exists() else PROJECT).free
    print(f"  磁盘剩余 · disk free: {free / 2**30:.0f} GB")
    return 0 if running else 3


def stop() -> int:
    """Stop this clone from another terminal, and what a killed run left."""
    home = find_home()
    if not home.path.exists():
        say("没有运行", "not running")
        return 0
    lock = Lock(home.path / "run.lock")
    if lock.is_held():
        supervisor = processes.find(int(read_state(home).get("pid", 0)))
        if supervisor:
            processes.send(supervisor, signal.SIGTERM)
        if not processes.wait_until(lambda: not lock.is_held(), 120):
            say("两分钟内没有停止，请查看日志", "did not stop within two minutes, see the logs")
            return 1
    stop_orphans(home)
    if not pair_of_this_clone({"DATABASE_URL", "REDIS_URL"}).stop_unused():
        say("另一个命令还在使用数据库", "another command still uses the database")
        return 1
    say("已停止", "stopped")
    return 0
