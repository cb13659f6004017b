"""A listening socket on 127.0.0.1 and nowhere else."""

import contextlib
import errno
import socket
import urllib.error
import urllib.request

import psutil

from crm.embedded.problems import Problem

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
TRIES = 50


def open_port(wanted: str) -> socket.socket:
    """Return a listening socket: on the port asked for, or the first free one from 8000 up.

    The supervisor keeps it, so that no request is refused while the web server restarts.
    """
    if wanted:
        return _open_exactly(wanted)
    for port in range(DEFAULT_PORT, DEFAULT_PORT + TRIES):
        if listener := _listen(port):
            if port != DEFAULT_PORT:
                print(
                    f"端口 {DEFAULT_PORT} 已被{_holder(DEFAULT_PORT, '占用')}，改用 {port}"
                    f" · port {DEFAULT_PORT} is taken, using {port}",
                    flush=True,
                )
            return listener
    raise Problem(
        f"端口 {DEFAULT_PORT} 到 {DEFAULT_PORT + TRIES - 1} 都被占用。请用 PORT=端口号 make run 指定一个。",
        f"Ports {DEFAULT_PORT} to {DEFAULT_PORT + TRIES - 1} are all taken. Choose one: PORT=… make run.",
        own_servers=False,
    )


def _open_exactly(wanted: str) -> socket.socket:
    if not wanted.isdigit() or not 1 <= int(wanted) <= 65535:
        raise Problem(
            f"PORT={wanted} 不是端口号。请给出 1024 到 65535 之间的数字。",
            f"PORT={wanted} is not a port. Give a number from 1024 to 65535.",
            own_servers=False,
        )
    port = int(wanted)
    try:
        listener = _listen(port)
    except PermissionError:
        raise Problem(
            f"没有权限使用端口 {port}。请选 1024 或更大的端口。",
            f"Not allowed to use port {port}. Choose 1024 or higher.",
            own_servers=False,
        ) from None
    if listener is None:
        raise Problem(
            f"端口 {port} 已被{_holder(port, '占用')}。请先停止它，或用 PORT=另一个端口 make run。",
            f"Port {port} is taken by {_holder(port, '') or 'another program'}. "
            "Stop that first, or choose another: PORT=number make run.",
            own_servers=False,
        )
    return listener


def _listen(port: int) -> socket.socket | None:
    # macOS lets us bind beside somebody who listens on all addresses: ask first.
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((HOST, port)) == 0:
            return None
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno in {errno.EADDRINUSE, errno.EADDRNOTAVAIL}:
            return None
        raise
    return listener


def _holder(port: int, taken: str) -> str:
    """Name the process that listens on a port, as far as we may see it."""
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if not connection.laddr or connection.status != psutil.CONN_LISTEN:
                continue
            if connection.laddr.port == port and connection.pid:
                name = psutil.Process(connection.pid).name()
                return (
                    f" {name}（进程 {connection.pid}）{taken}"
                    if taken
                    else f"{name} (process {connection.pid})"
                )
    return f"另一个程序{taken}" if taken else ""


def is_answering(url: str) -> bool:
    """Say whether a web server answers at all, be it with an error."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (our own http address)
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
