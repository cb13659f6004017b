"""The tables of the client file, one module a subject."""

from clients.models.client import Bigrams, Client, ClientLife, MergeNote, paper_path
from clients.models.histories import AMAssignment, ClientClassHistory, ClientStatusHistory
from clients.models.lists import SavedView
from clients.models.products import ClientProduct, Product, ProductTraffic, RevenueMonth
from clients.models.reference import CodeSequence, Grid, Industry, IndustryCategory

__all__ = [
    "AMAssignment",
    "Bigrams",
    "Client",
    "ClientClassHistory",
    "ClientLife",
    "ClientProduct",
    "ClientStatusHistory",
    "CodeSequence",
    "Grid",
    "Industry",
    "IndustryCategory",
    "MergeNote",
    "Product",
    "ProductTraffic",
    "RevenueMonth",
    "SavedView",
    "paper_path",
]
