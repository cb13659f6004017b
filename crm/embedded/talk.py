"""What the launcher says while it works: one line, both languages."""

import time


def say(zh: str, en: str) -> None:
    """Print one line in both languages."""
    print(f"{zh} · {en}", flush=True)


class step:  # noqa: N801 (reads as a statement)
    """Print what begins, and how long it took."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en

    def __enter__(self) -> None:
        self.began = time.monotonic()
        print(f"{self.zh} · {self.en} … ", end="", flush=True)

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        print(f"{time.monotonic() - self.began:.1f} s" if kind is None else "", flush=True)
