"""The rosters of the client file; importing this registers them."""

from clients.imports.assignments import AssignmentRoster
from clients.imports.circuits import CircuitRoster
from clients.imports.clients import ClientRoster, FilingFacts
from clients.imports.products import ProductRoster, TrafficRoster
from clients.imports.regions import RegionFinder
from clients.imports.revenue import ProductRevenueRoster, RevenueRoster
from clients.imports.tax import TaxRoster

__all__ = [
    "AssignmentRoster",
    "CircuitRoster",
    "ClientRoster",
    "FilingFacts",
    "ProductRevenueRoster",
    "ProductRoster",
    "RegionFinder",
    "RevenueRoster",
    "TaxRoster",
    "TrafficRoster",
]
