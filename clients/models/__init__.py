"""The tables of the client file, one module a subject."""

from clients.models.agreements import Agreement, agreement_path
from clients.models.audits import AuditLine, AuditPlan, AuditTask
from clients.models.circuits import CircuitFinding, NetworkCircuit
from clients.models.client import Client, ClientLife, MergeNote, paper_path
from clients.models.fields import FieldSetting
from clients.models.handovers import HandOver, HandOverClient
from clients.models.histories import AMAssignment, ClientClassHistory, ClientStatusHistory
from clients.models.lists import BulkRun, ListSetting, SavedView
from clients.models.market import ChurnAlert, CompetitorInfo, NeedTemplate
from clients.models.merges import Merge, MergedRow
from clients.models.papers import Attachment, attachment_path
from clients.models.past import ClientCube, ClientPast, ClientPastFew
from clients.models.products import (
    ClientProduct,
    Product,
    ProductMember,
    ProductTraffic,
    RevenueLine,
    RevenueMonth,
)
from clients.models.reference import CodeSequence, Grid, Industry, IndustryCategory
from clients.models.structure import BranchSite, Responsibility

__all__ = [
    "AMAssignment",
    "Agreement",
    "Attachment",
    "AuditLine",
    "AuditPlan",
    "AuditTask",
    "BranchSite",
    "BulkRun",
    "ChurnAlert",
    "CircuitFinding",
    "Client",
    "ClientClassHistory",
    "ClientCube",
    "ClientLife",
    "ClientPast",
    "ClientPastFew",
    "ClientProduct",
    "ClientStatusHistory",
    "CodeSequence",
    "CompetitorInfo",
    "FieldSetting",
    "Grid",
    "HandOver",
    "HandOverClient",
    "Industry",
    "IndustryCategory",
    "ListSetting",
    "Merge",
    "MergeNote",
    "MergedRow",
    "NeedTemplate",
    "NetworkCircuit",
    "Product",
    "ProductMember",
    "ProductTraffic",
    "Responsibility",
    "RevenueLine",
    "RevenueMonth",
    "SavedView",
    "agreement_path",
    "attachment_path",
    "paper_path",
]
