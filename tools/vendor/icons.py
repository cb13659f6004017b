"""Make static/img/icons.svg: `python icons.py <icons of @tabler/icons> <target>`; add an icon by its name."""

import re
import sys
from pathlib import Path

NAMES = """
activity address-book adjustments adjustments-horizontal alarm alert-circle alert-triangle antenna api
archive arrow-back arrow-back-up arrow-badge-up arrow-down arrow-down-circle arrow-down-right arrow-left
arrow-right arrow-up arrow-up-circle arrow-up-right arrows-sort award ban baseline-density-medium
baseline-density-small bell bell-ringing binary-tree bolt bookmark briefcase brightness-up building
building-bank building-community building-factory-2 building-hospital building-skyscraper building-store
building-warehouse bulb businessplan calculator calendar calendar-check calendar-due calendar-event
calendar-plus calendar-stats calendar-time calendar-week camera cash category certificate chart-bar
chart-donut chart-dots chart-line chart-pie check checkbox checklist checks chevron-down chevron-left
chevron-right chevron-up chevrons-right circle circle-check circle-dashed circle-dot circle-filled
circle-x clipboard-check clipboard-list clipboard-text clock clock-hour-4 clock-pause cloud cloud-off
cloud-upload coin coins columns command confetti contrast copy corner-down-left corner-up-left
credit-card crown database device-desktop device-floppy device-mobile diamond discount door-exit dots
dots-vertical download edit eraser external-link eye eye-off file-check file-export file-import
file-spreadsheet file-text file-x filter filter-off fingerprint flag flag-2 flame folder folder-open
gift git-branch globe grid-dots growth hand-click headset heart heart-handshake help-circle hierarchy
hierarchy-2 history home hourglass http-get id id-badge id-badge-2 inbox info-circle key keyboard
language layout-columns layout-dashboard layout-list link list list-check list-details list-search lock
lock-open login logout mail map map-pin medal medal-2 menu menu-2 message message-2 message-circle
message-report minus mood-empty moon moon-stars new-section note notes package paperclip pencil
percentage phone phone-call photo player-pause player-play player-skip-forward player-stop plug plus
point point-filled printer progress progress-check puzzle qrcode receipt receipt-2 refresh report
report-money rosette rotate rotate-clockwise route scale school search selector send server settings
shield shield-check shield-lock sitemap sort-ascending sort-descending speakerphone square-check
square-rounded-check stack-2 star star-filled star-off sum sun table tag tags target thumb-down thumb-up
ticket timeline tool topology-star trash trending-down trending-up trophy unlink upload user user-circle
user-off user-plus user-shield users users-group wallet wand wifi wifi-off world world-www writing x
zoom-in zoom-question zzz
"""
STROKED = (
    'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
)


def symbol(source: Path, name: str) -> str:
    """Return one icon as a symbol, without its frame."""
    filled = name.endswith("-filled")
    path = source / ("filled" if filled else "outline") / f"{name.removesuffix('-filled')}.svg"
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
    if drawing is None:
        raise ValueError(f"not a drawing: {path}")
    inner = re.sub(r"<!--.*?-->", "", drawing[1], flags=re.DOTALL)
    inner = re.sub(r"\s+", " ", inner).replace("> <", "><").strip()
    inner = inner.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none"/>', "")
    look = 'fill="currentColor"' if filled else STROKED
    return f'<symbol id="{name}" viewBox="0 0 24 24" {look}>{inner}</symbol>'


def main(source: str, target: str) -> None:
    """Write the sprite."""
    symbols = (symbol(Path(source), name) for name in sorted(set(NAMES.split())))
    Path(target).write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
