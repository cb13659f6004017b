"""The tables of the client file, one module a subject."""

from clients.models.agreements import Agreement, agreement_path
from clients.models.circuits import CircuitFinding, NetworkCircuit
from clients.models.client import Bigrams, Client, ClientLife, MergeNote, paper_path
from clients.models.fields import FieldSetting
from clients.models.histories import AMAssignment, ClientClassHistory, ClientStatusHistory
from clients.models.lists import SavedView
from clients.models.market import ChurnAlert, CompetitorInfo, NeedTemplate
from clients.models.products import (
    ClientProduct,
    Product,
    ProductMember,
    ProductTraffic,
    RevenueLine,
    RevenueMonth,
)
from clients.models.reference import CodeSequence, Grid, Industry, IndustryCategory

__all__ = [
    "AMAssignment",
    "Agreement",
    "Bigrams",
    "ChurnAlert",
    "CircuitFinding",
    "Client",
    "ClientClassHistory",
    "ClientLife",
    "ClientProduct",
    "ClientStatusHistory",
    "CodeSequence",
    "CompetitorInfo",
    "FieldSetting",
    "Grid",
    "Industry",
    "IndustryCategory",
    "MergeNote",
    "NeedTemplate",
    "NetworkCircuit",
    "Product",
    "ProductMember",
    "ProductTraffic",
    "RevenueLine",
    "RevenueMonth",
    "SavedView",
    "agreement_path",
    "paper_path",
]
