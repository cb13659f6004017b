"""The client roster; importing this registers it."""

from clients.imports.regions import RegionFinder
from clients.imports.roster import ClientRoster, FilingFacts

__all__ = ["ClientRoster", "FilingFacts", "RegionFinder"]
