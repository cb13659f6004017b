"""Vocabulary of the client file (spec §3.10). Derived axes are marked: no person writes them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InstitutionType(models.TextChoices):
    """Axis 1. Legal persons are JG, QY, SY, ST, QT (Source: S0-04…S0-09)."""

    JG = "JG", _("Government organ")
    QY = "QY", _("Enterprise")
    SY = "SY", _("Public institution")
    ST = "ST", _("Social organisation")
    QT = "QT", _("Other legal person")
    GT = "GT", _("Individual business")
    JL = "JL", _("Cluster")


LEGAL_PERSONS = (
    InstitutionType.JG,
    InstitutionType.QY,
    InstitutionType.SY,
    InstitutionType.ST,
    InstitutionType.QT,
)


class InstitutionSubtype(models.TextChoices):
    """Sub-types of axis 1; the first two letters are the type (Source: S0-04…S0-08)."""

    JG1 = "JG1", _("Party committee and its departments, county and above")
    JG2 = "JG2", _("People's congress, county and above")
    JG3 = "JG3", _("Government and its departments, county and above")
    JG4 = "JG4", _("Political consultative conference, county and above")
    JG5 = "JG5", _("Court or procuratorate, county and above")
    JG6 = "JG6", _("Democratic party, county and above")
    JG7 = "JG7", _("Mass organisation, county and above")
    JG8 = "JG8", _("Township party committee and government")
    JG9 = "JG9", _("Military organ")
    QY1 = "QY1", _("Limited or joint-stock company")
    QY2 = "QY2", _("Non-company enterprise")
    SY1 = "SY1", _("Education")
    SY2 = "SY2", _("Science")
    SY3 = "SY3", _("Culture")
    SY4 = "SY4", _("Health")
    SY5 = "SY5", _("Social welfare")
    SY6 = "SY6", _("Sport")
    SY7 = "SY7", _("Legal service")
    SY8 = "SY8", _("Other registered institution")
    ST1 = "ST1", _("Learned or research society")
    ST2 = "ST2", _("Association or chamber of commerce")
    ST3 = "ST3", _("Professional promotion council")
    ST4 = "ST4", _("Federation or fellowship")
    ST5 = "ST5", _("Other mass group")
    ST6 = "ST6", _("Religious body")
    QT1 = "QT1", _("Private non-enterprise unit")
    QT2 = "QT2", _("Foundation")


class ClusterKind(models.TextChoices):
    """Kinds of cluster client (Source: S0-51)."""

    VILLAGE = "VILLAGE", _("Village network")
    CLASSMATE = "CLASSMATE", _("Classmates network")
    TOWNSMEN = "TOWNSMEN", _("Fellow-townsmen network")
    OTHER = "OTHER", _("Other cluster")


class SizeClass(models.TextChoices):
    """Axis 3, derived."""

    A = "A", _("Class A")
    B = "B", _("Class B")
    C = "C", _("Class C")
    D = "D", _("Class D")


class ValueTier(models.TextChoices):
    """Axis 4, derived."""

    A1 = "A1", _("High-value client")
    A2 = "A2", _("Strategic client")
    B1 = "B1", _("Demonstration client")
    B2 = "B2", _("Potential-value client")
    C = "C", _("Ordinary client")
    D = "D", _("Individual or cluster")


class RegionScope(models.TextChoices):
    """Axis 5 (Source: S0-28…S0-31, D-05)."""

    TRANSNATIONAL = "TRANSNATIONAL", _("Transnational")
    CROSS_PROVINCE = "CROSS_PROVINCE", _("Cross-province")
    CROSS_CITY = "CROSS_CITY", _("Cross-city")
    LOCAL = "LOCAL", _("Within the city")


class ClientStatus(models.TextChoices):
    """Axis 6, derived (Source: S0-33…S0-39)."""

    POTENTIAL = "POTENTIAL", _("Potential")
    ONLINE = "ONLINE", _("On network")
    ACTIVE = "ACTIVE", _("In use")
    SILENT = "SILENT", _("Silent")
    CHURNED = "CHURNED", _("Churned")
    CLOSED = "CLOSED", _("Closed")


class FilingState(models.TextChoices):
    """States of the file itself, before a client stands in the lifecycle."""

    DRAFT = "DRAFT", _("Draft file")
    SUBMITTED = "SUBMITTED", _("File submitted")
    FILED = "FILED", _("Filed")
    REJECTED = "REJECTED", _("File rejected")


class KeyIndustry(models.TextChoices):
    """Industries that make a client class A (Source: S0-15)."""

    POST = "POST", _("Post")
    BANK = "BANK", _("Bank")
    POWER = "POWER", _("Electric power")
    WATER = "WATER", _("Tap water")
    GAS = "GAS", _("Gas")
    ROAD = "ROAD", _("Highway")
    AIRPORT = "AIRPORT", _("Airport")
    RAILWAY = "RAILWAY", _("Railway")


class BankLevel(models.TextChoices):
    """Levels of a bank's unit; the last two are never filed (Source: S0-40)."""

    HQ = "HQ", _("Bank headquarters")
    BRANCH = "BRANCH", _("Bank branch")
    SUB_BRANCH = "SUB_BRANCH", _("Bank sub-branch")
    OFFICE = "OFFICE", _("Teller office")
    SAVINGS = "SAVINGS", _("Savings outlet")


class UnitRelation(models.TextChoices):
    """How a client stands to its parent (Source: S0-18, S0-42)."""

    HQ = "HQ", _("Headquarters or independent")
    SECOND_LEVEL_UNIT = "SECOND_LEVEL_UNIT", _("Second-level unit")
    BRANCH = "BRANCH", _("Branch")
    OUTLET = "OUTLET", _("Base outlet")


class Segment(models.TextChoices):
    """Market segments (Source: S2-01)."""

    KEY = "KEY", _("Key account")
    BUSINESS = "BUSINESS", _("Business client")
    PUBLIC = "PUBLIC", _("Public client")


class KeyAccountKind(models.TextChoices):
    """Why a client counts as key account, derived (Source: S4-03, X-15)."""

    GROUP = "GROUP", _("Group account")
    VIP = "VIP", _("VIP account")
    STRATEGIC = "STRATEGIC", _("Strategic account")
    LOCAL_KEY = "LOCAL_KEY", _("Local key account")


class ResponsibilityLevel(models.TextChoices):
    """Which level of the company answers first for a key account (Source: S2-22)."""

    GROUP = "GROUP", _("Group company")
    PROVINCE = "PROVINCE", _("Province company")
    LOCAL = "LOCAL", _("Local network")


class ResponsibilityRole(models.TextChoices):
    """As what a unit answers for a key account (Source: S2-22)."""

    FIRST_RESPONSIBLE = "FIRST_RESPONSIBLE", _("First responsible")
    FIRST_CONTACT = "FIRST_CONTACT", _("First contact")
    CONTACT = "CONTACT", _("Contact unit")


class PaperKind(models.TextChoices):
    """Papers of a file (Source: S1-69, S0-42, S0-43)."""

    LICENCE = "LICENCE", _("Business licence")
    AUTHORISATION = "AUTHORISATION", _("Authorisation of the parent")
    OFFICE_PHOTO = "OFFICE_PHOTO", _("Photo of the office building")
    OTHER = "OTHER", _("Other paper")


class HandOverState(models.TextChoices):
    """States of a hand-over of clients."""

    PLANNED = "PLANNED", _("Planned")
    DONE = "DONE", _("Handed over")
    RETURNED = "RETURNED", _("Given back")
    CANCELLED = "CANCELLED", _("Called off")


class HandOverOutcome(models.TextChoices):
    """What became of one client of a hand-over."""

    PENDING = "PENDING", _("Waits")
    MOVED = "MOVED", _("Handed over")
    SKIPPED = "SKIPPED", _("Left out")
    RETURNED = "RETURNED", _("Given back")


class Completeness(models.TextChoices):
    """How full the file is, derived (Source: S0-56…S0-58)."""

    INCOMPLETE = "INCOMPLETE", _("Incomplete")
    BASIC = "BASIC", _("Basically complete")
    COMPLETE = "COMPLETE", _("Complete")


class Consistency(models.TextChoices):
    """Whether the file agrees with paper and reality, derived from audits (spec §3.10)."""

    UNCHECKED = "UNCHECKED", _("Not compared yet")
    CONSISTENT = "CONSISTENT", _("Consistent")
    INCONSISTENT = "INCONSISTENT", _("Inconsistent")


class AuditKind(models.TextChoices):
    """What an information audit compares (Source: S0-55)."""

    COMPLETENESS = "COMPLETENESS", _("Completeness audit")
    CONSISTENCY = "CONSISTENCY", _("Consistency with paper")
    REALITY = "REALITY", _("Agreement with reality")


class AuditState(models.TextChoices):
    """States of the audit of one client (spec §3.4)."""

    PLANNED = "PLANNED", _("To be audited")
    RUNNING = "RUNNING", _("Being audited")
    FINDINGS = "FINDINGS", _("Findings")
    CORRECTION = "CORRECTION", _("To be corrected")
    VERIFIED = "VERIFIED", _("Correction verified")
    CLOSED = "CLOSED", _("Audit closed")


class AuditOrigin(models.TextChoices):
    """Why a client is audited."""

    PLAN = "PLAN", _("By plan")
    SPOT = "SPOT", _("On the spot")
    FIRST_SIGNING = "FIRST_SIGNING", _("First signing")


class AuditPeriod(models.TextChoices):
    """How often a plan draws its sample (Source: S0-60)."""

    ONCE = "ONCE", _("Once")
    MONTHLY = "MONTHLY", _("Every month")
    QUARTERLY = "QUARTERLY", _("Every quarter")


class Verdict(models.TextChoices):
    """What the auditor says of one field."""

    OK = "OK", _("Agrees")
    MISSING = "MISSING", _("Missing")
    INVALID = "INVALID", _("Against the norm")
    MISMATCH = "MISMATCH", _("Differs")
    EXEMPT = "EXEMPT", _("Exempt")


FAULTS = (Verdict.MISSING, Verdict.INVALID, Verdict.MISMATCH)


class FieldLevel(models.TextChoices):
    """What the file asks of a field (spec §3.3)."""

    REQUIRED = "REQUIRED", _("Required")
    OPTIONAL = "OPTIONAL", _("Optional")
    OFF = "OFF", _("Not asked")


class AssignmentKind(models.TextChoices):
    """How a manager stands to a client."""

    PRIMARY = "PRIMARY", _("Primary manager")
    CO = "CO", _("Co-manager")
    PHONE = "PHONE", _("Phone manager")


class GridLevel(models.IntegerChoices):
    """Five levels of the market grid (Source: S1-71)."""

    AREA = 1, _("Area")
    COUNTY = 2, _("County")
    PATCH = 3, _("Patch")
    TOWNSHIP = 4, _("Township")
    OFFICE_DIR = 5, _("Office direction")


class ProductFamily(models.TextChoices):
    """Families of the product catalogue."""

    VOICE = "VOICE", _("Voice")
    SMS = "SMS", _("Messages")
    DATA = "DATA", _("Data")
    ICT = "ICT", _("Informatisation")
    LINE = "LINE", _("Leased line")
    IOT = "IOT", _("Internet of things")


class CountsAsIct(models.TextChoices):
    """When a product's revenue counts as informatisation revenue (spec §3.6.7)."""

    ALWAYS = "ALWAYS", _("Always")
    ONLY_UNIFIED_PAY = "ONLY_UNIFIED_PAY", _("Only when paid by the group")
    WHEN_BOUND = "WHEN_BOUND", _("When bound")
    NEVER = "NEVER", _("Never")


class PayMode(models.TextChoices):
    """Who pays."""

    UNIFIED = "UNIFIED", _("Paid by the group")
    PERSONAL = "PERSONAL", _("Paid by the person")


class ProductStatus(models.TextChoices):
    """States of a client's product (spec §3.4)."""

    ORDERED = "ORDERED", _("Ordered")
    OPEN = "OPEN", _("Open")
    SUSPENDED = "SUSPENDED", _("Suspended")
    CANCELLED = "CANCELLED", _("Cancelled")


class ProductLineKind(models.TextChoices):
    """Lines that belong to a product, never to the people of a client (Source: S1-80)."""

    M2M = "M2M", _("M2M card")
    TD_LANDLINE = "TD_LANDLINE", _("TD landline")
    FIXED = "FIXED", _("Fixed line")


class ReportedBy(models.TextChoices):
    """Who reported a change first."""

    PERSON = "PERSON", _("A colleague")
    FEED = "FEED", _("Billing")


class AgreementType(models.TextChoices):
    """Kinds of agreement (Source: S1-67)."""

    SERVICE = "SERVICE", _("Service agreement")
    COOPERATION = "COOPERATION", _("Cooperation agreement")
    VNET = "VNET", _("V-net agreement")
    UNIFIED_PAY = "UNIFIED_PAY", _("Unified payment agreement")
    ICT = "ICT", _("Informatisation agreement")


class AgreementScope(models.TextChoices):
    """Where an agreement applies (Source: S0-29…S0-31)."""

    LOCAL = "LOCAL", _("Within the city")
    CROSS_CITY = "CROSS_CITY", _("Cross-city")
    CROSS_PROVINCE = "CROSS_PROVINCE", _("Cross-province")


class RevenueCategory(models.TextChoices):
    """What a line of revenue is paid for."""

    MONTHLY_FEE = "MONTHLY_FEE", _("Monthly fee")
    USAGE = "USAGE", _("Usage fee")
    ONE_OFF = "ONE_OFF", _("One-off fee")
    OTHER = "OTHER", _("Other fee")
    # Named by the source as not belonging to the segments' profit and loss (S2-04).
    PHONE_CARD = "PHONE_CARD", _("Phone cards")
    MOBILE = "MOBILE", _("Mobile service")
    LEASING = "LEASING", _("Leasing of network elements")
    INTERCONN = "INTERCONN", _("Interconnection")


class CircuitVerdict(models.TextChoices):
    """What comparing our circuits with the network's says (Source: S1-86)."""

    MATCHED = "MATCHED", _("Agrees")
    BANDWIDTH = "BANDWIDTH", _("Bandwidth differs")
    CLIENT = "CLIENT", _("Another client")
    SPLIT = "SPLIT", _("One line entered as several")
    ONLY_CRM = "ONLY_CRM", _("Only in our files")
    ONLY_NETWORK = "ONLY_NETWORK", _("Only in the network")


class CircuitDisposition(models.TextChoices):
    """What became of a difference."""

    FILE_CORRECTED = "FILE_CORRECTED", _("Our file is corrected")
    NETWORK_CORRECTED = "NETWORK_CORRECTED", _("The network corrects its record")
    ACCEPTED = "ACCEPTED", _("Checked, stays so")
    GONE = "GONE", _("Gone by itself")


class Operator(models.TextChoices):
    """Operators seen at a client."""

    CT = "CT", _("China Telecom")
    CU = "CU", _("China Unicom")
    CM = "CM", _("China Mobile")
    OTHER = "OTHER", _("Other operator")


class Level(models.TextChoices):
    """How grave something is."""

    LOW = "LOW", _("Low")
    MID = "MID", _("Medium")
    HIGH = "HIGH", _("High")


class SightingDisposition(models.TextChoices):
    """What the manager does about a competitor; no sighting without it (Source: S0-89)."""

    WATCH = "WATCH", _("Keep an eye on it")
    OFFER = "OFFER", _("Make an offer")
    VISIT = "VISIT", _("Visit the client")
    ESCALATE = "ESCALATE", _("Tell the head")


class ChurnRule(models.TextChoices):
    """Why a client may be leaving."""

    TRAFFIC_DROP = "TRAFFIC_DROP", _("Traffic fell")
    SILENT = "SILENT", _("Silent client")
    CANCELLED = "CANCELLED", _("Product cancelled")
    CHURNED = "CHURNED", _("Last product cancelled")
    POACHING = "POACHING", _("Competitor poaching")
    REPORTED = "REPORTED", _("Reported by the manager")


class ChurnDisposition(models.TextChoices):
    """How a churn alert ended."""

    RETAINED = "RETAINED", _("Retained")
    LOST = "LOST", _("Lost")
    FALSE_ALARM = "FALSE_ALARM", _("False alarm")


class MergeKind(models.TextChoices):
    """What a merge joins."""

    CLIENT = "CLIENT", _("Clients")
    CONTACT = "CONTACT", _("Contacts")


class MergeState(models.TextChoices):
    """States of a merge."""

    PROPOSED = "PROPOSED", _("Waits for decision")
    DONE = "DONE", _("Merged")
    REFUSED = "REFUSED", _("Refused")
    UNDONE = "UNDONE", _("Taken apart again")


# Acts of the audit trail in words; registered by the app.
ACTS = {
    "clients.agreement_added": _("Agreement entered"),
    "clients.agreement_changed": _("Agreement changed"),
    "clients.agreement_ended": _("Agreement ended"),
    "clients.agreement_warned": _("Agreement marked as doubtful"),
    "clients.approved": _("File approved"),
    "clients.audit_closed": _("Audit closed"),
    "clients.audit_corrected": _("Corrections reported"),
    "clients.audit_finished": _("Audit sheet finished"),
    "clients.audit_notified": _("Correction asked for"),
    "clients.audit_plan_ended": _("Audit plan ended"),
    "clients.audit_planned": _("Audit planned"),
    "clients.audit_returned": _("Correction sent back"),
    "clients.audit_started": _("Audit started"),
    "clients.catalogue_added": _("Product added to the catalogue"),
    "clients.catalogue_changed": _("Catalogue changed"),
    "clients.churn_acknowledged": _("Churn alert taken on"),
    "clients.churn_disposed": _("Churn alert settled"),
    "clients.churn_reported": _("Churn risk reported"),
    "clients.circuit_settled": _("Circuit difference settled"),
    "clients.competitor_seen": _("Competitor seen"),
    "clients.needs_changed": _("Typical needs changed"),
    "clients.product_changed": _("Product changed"),
    "clients.product_members_added": _("Lines added to a product"),
    "clients.product_members_removed": _("Lines taken off a product"),
    "clients.assigned": _("Account manager changed"),
    "clients.bulk_done": _("Act on many clients"),
    "clients.bulk_undone": _("Act on many clients taken back"),
    "clients.changed": _("File changed"),
    "clients.closed": _("Client closed"),
    "clients.confirmed": _("Data confirmed as still right"),
    "clients.field_rule_changed": _("Field rule changed"),
    "clients.co_manager_added": _("Co-manager added"),
    "clients.co_manager_removed": _("Co-manager removed"),
    "clients.created": _("File created"),
    "clients.handed_over": _("Clients handed over"),
    "clients.handover_planned": _("Hand-over planned"),
    "clients.handover_returned": _("Clients given back"),
    "clients.handover_cancelled": _("Hand-over called off"),
    "clients.given_up": _("Draft given up"),
    "clients.paper_added": _("Paper handed in"),
    "clients.paper_removed": _("Paper taken out"),
    "clients.merged": _("Unit merged into the parent's file"),
    "clients.merge_proposed": _("Merge of two files proposed"),
    "clients.merge_refused": _("Merge of two files refused"),
    "clients.merge_done": _("Two files merged"),
    "clients.merge_undone": _("Merged files taken apart"),
    "clients.product_ordered": _("Product ordered"),
    "clients.product_open": _("Product opened"),
    "clients.product_suspended": _("Product suspended"),
    "clients.product_cancelled": _("Product cancelled"),
    "clients.rejected": _("File sent back"),
    "clients.site_added": _("Branch noted"),
    "clients.site_removed": _("Branch taken out"),
    "clients.submitted": _("File submitted for approval"),
    "clients.view_shared": _("View shared with the unit"),
    "clients.view_unshared": _("View no longer shared"),
}
