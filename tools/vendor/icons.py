"""Make static/img/icons.svg: `python icons.py <icons of @tabler/icons> <target>`; add icons by name.

Every page loads the sprite: tests/test_architecture.py names icons that nobody draws and those missing.
"""

import re
import sys
from pathlib import Path

NAMES = """
activity address-book adjustments alarm alert-circle alert-triangle antenna api archive
arrow-back-up arrow-right arrow-up arrows-sort award ban baseline-density-small bell bell-ringing
bolt bookmark briefcase building building-bank building-factory-2 building-hospital
building-skyscraper building-store bulb calculator calendar calendar-check calendar-due
calendar-event calendar-plus calendar-stats calendar-time calendar-week camera cash category
certificate chart-bar chart-line chart-pie check checkbox checklist checks chevron-left
chevron-right circle circle-check circle-dashed circle-dot circle-x clipboard-check clipboard-list
clock clock-pause cloud-upload coin coins columns command contrast copy crown database diamond
discount door-exit dots dots-vertical download edit external-link eye file-check file-import
file-text file-x filter filter-off fingerprint flag gift git-branch growth heart heart-handshake
help-circle hierarchy history home hourglass id id-badge-2 inbox info-circle key keyboard language
layout-columns layout-dashboard link list list-check list-search lock lock-open login logout map
map-pin medal medal-2 menu menu-2 message message-2 minus moon moon-stars note notes package
paperclip pencil phone phone-call photo player-pause player-play plug plus point printer progress
qrcode receipt refresh report rotate route scale search send shield-check shield-lock sitemap
sort-ascending speakerphone star star-filled sum sun table tag tags target ticket timeline
topology-star trash trending-up upload user user-circle user-off user-plus user-shield users
users-group wallet wand world writing x zoom-question zzz
"""
STROKED = (
    'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
)


def _joined(paths: str) -> str:
    drawings = re.findall(r'd="([^"]+)"', paths)
    return f'<path d="{"".join(drawings)}"/>'


def symbol(source: Path, name: str) -> str:
    """Return one icon as a symbol, without its frame."""
    filled = name.endswith("-filled")
    path = source / ("filled" if filled else "outline") / f"{name.removesuffix('-filled')}.svg"
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
    if drawing is None:
        raise ValueError(f"not a drawing: {path}")
    inner = re.sub(r"<!--.*?-->", "", drawing[1], flags=re.DOTALL)
    inner = re.sub(r"\s+", " ", inner).replace("> <", "><").replace(" />", "/>").strip()
    inner = inner.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none"/>', "")
    # Every path begins with an absolute move: many are one.
    inner = re.sub(r'(?:<path d="M[^"]+"/>){2,}', lambda many: _joined(many[0]), inner)
    look = 'fill="currentColor"' if filled else STROKED
    return f'<symbol id="{name}" viewBox="0 0 24 24" {look}>{inner}</symbol>'


def main(source: str, target: str) -> None:
    """Write the sprite."""
    symbols = (symbol(Path(source), name) for name in sorted(set(NAMES.split())))
    Path(target).write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
