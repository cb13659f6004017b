"""What can stand in the way, said in one Chinese and one English line."""

import sys

OWN_SERVERS_ZH = "也可以改用自己的服务器：设置 DATABASE_URL=postgresql://… 和 REDIS_URL=redis://… 后再运行。"
OWN_SERVERS_EN = (
    "Or use servers of your own: set DATABASE_URL=postgresql://… and REDIS_URL=redis://… and run again."
)


class Problem(Exception):
    """A state the user can mend; carries the sentence in both languages."""

    def __init__(self, zh: str, en: str, *, own_servers: bool = True, details: str = "") -> None:
        super().__init__(en)
        self.zh = f"{zh}{OWN_SERVERS_ZH}" if own_servers else zh
        self.en = f"{en} {OWN_SERVERS_EN}" if own_servers else en
        self.details = details

    def show(self) -> None:
        """Print it where errors go, last lines of a log first."""
        if self.details:
            print(self.details.rstrip(), file=sys.stderr)
        print(self.zh, self.en, sep="\n", file=sys.stderr, flush=True)


def unsupported() -> Problem:
    """Return the sentence for a platform the wheels do not exist for."""
    return Problem(
        "这里没有安装内置的 PostgreSQL 和 Valkey（支持 glibc 的 Linux 和 macOS，x86-64 和 arm64）。",
        "There is no embedded PostgreSQL and Valkey here "
        "(there is for Linux with glibc and for macOS, x86-64 and arm64).",
    )
