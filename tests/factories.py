"""Make records for tests: plain functions with sensible defaults, every default can be overridden."""

import itertools
from datetime import date
from typing import Any

from clients.models import Agreement, AMAssignment, Client, ClientProduct, Grid, Product
from crm.accounts.choices import Role, UnitType
from crm.accounts.models import ApiClient, OrgUnit, RoleAssignment, User
from members.models import Contact, Member, PersonalCustomer

LONG_AGO = date(2020, 1, 1)
FAR_OFF = date(2099, 1, 1)
_numbers = itertools.count(1)

# One hash for all test people: hashing is slow by design. The password is "demo".
PASSWORD = "demo"
PASSWORD_HASH = ""


def make_unit(code: str, name: str, kind: str, parent: OrgUnit | None = None, **fields: Any) -> OrgUnit:
    """Make a unit under its parent."""
    fields |= {"code": code, "name": name, "type": kind}
    return OrgUnit.objects.add_child(parent, fields) if parent else OrgUnit.objects.add_root(fields)


def make_org() -> dict[str, OrgUnit]:
    """Make a tree of one province with two cities, three production units and their departments."""
    group = make_unit("GRP", "集团公司", UnitType.GROUP)
    province = make_unit("P33", "浙江公司", UnitType.PROVINCE, group, region_code="33")
    city = make_unit("C3301", "杭州分公司", UnitType.CITY, province, region_code="3301")
    other_city = make_unit("C3302", "宁波分公司", UnitType.CITY, province, region_code="3302")
    unit = make_unit("U330106", "西湖区", UnitType.PRODUCTION_UNIT, city, region_code="330106")
    other_unit = make_unit("U330108", "滨江区", UnitType.PRODUCTION_UNIT, city, region_code="330108")
    far_unit = make_unit("U330203", "海曙区", UnitType.PRODUCTION_UNIT, other_city, region_code="330203")
    return {
        "group": group,
        "province": province,
        "city": city,
        "other_city": other_city,
        "unit": unit,
        "other_unit": other_unit,
        "far_unit": far_unit,
        "dept": make_unit("D330106", "西湖区集团客户部", UnitType.DEPT, unit),
        "other_dept": make_unit("D330108", "滨江区集团客户部", UnitType.DEPT, other_unit),
        "far_dept": make_unit("D330203", "海曙区集团客户部", UnitType.DEPT, far_unit),
    }


def make_user(staff_no: str, role: str, unit: OrgUnit, **fields: Any) -> User:
    """Make a person who holds one role over one unit since long ago."""
    global PASSWORD_HASH
    if not PASSWORD_HASH:
        from django.contrib.auth.hashers import make_password

        PASSWORD_HASH = make_password(PASSWORD)
    defaults = {"full_name": f"{staff_no}号员工", "org_unit": unit, "password": PASSWORD_HASH}
    user = User.objects.create(staff_no=staff_no, **(defaults | fields))
    RoleAssignment.objects.create(user=user, role=role, unit=unit, valid_from=LONG_AGO)
    return user


def make_client(org_unit: OrgUnit, am: User | None = None, **fields: Any) -> Client:
    """Make a filed enterprise; with a manager it has the assignment too."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "client_code": f"3301{number:08d}",
        "name": f"测试企业{number}有限公司",
        "institution_type": "QY",
        "institution_subtype": "QY1",
    }
    defaults |= fields
    defaults.setdefault("search_text", defaults["name"].lower())
    client = Client.objects.create(org_unit=org_unit, am=am, **defaults)
    if am:
        AMAssignment.objects.create(client=client, user=am, from_on=LONG_AGO)
    client.refresh_from_db()
    return client


def make_grid(code: str, unit: OrgUnit, **fields: Any) -> Grid:
    """Make a grid leaf that belongs to a unit."""
    return Grid.objects.add_root({"code": code, "unit": unit, "name": f"网格{code}", "level": 5} | fields)


def make_contact(client: Client, kind: str = "CONTACT", **fields: Any) -> Contact:
    """Make a contact."""
    number = next(_numbers)
    defaults = {"name": f"联系人{number}", "position": "经理", "mobile": f"139{number:08d}"}
    return Contact.objects.create(client=client, kind=kind, **(defaults | fields))


def make_member(client: Client, **fields: Any) -> Member:
    """Make a member from the address book."""
    number = next(_numbers)
    defaults = {"name": f"成员{number}", "position": "职员", "msisdn": f"138{number:08d}", "type": "2"}
    return Member.objects.create(client=client, **(defaults | fields))


def make_customer(org_unit: OrgUnit, client: Client | None = None, **fields: Any) -> PersonalCustomer:
    """Make a personal customer of the GoTone brand."""
    number = next(_numbers)
    defaults = {
        "name": f"客户{number}",
        "msisdn": f"137{number:08d}",
        "brand": "GOTONE",
        "in_net_from": LONG_AGO,
    }
    return PersonalCustomer.objects.create(org_unit=org_unit, client=client, **(defaults | fields))


def make_product(code: str = "TEST_VNET", **fields: Any) -> Product:
    """Return a catalogue product made for tests."""
    defaults = {"name": "测试产品", "name_en": "Test product", "family": "VOICE"}
    return Product.objects.get_or_create(code=code, defaults=defaults | fields)[0]


def make_client_product(client: Client, product: Product | None = None, **fields: Any) -> ClientProduct:
    """Make an ordered product of a client."""
    defaults = {"ordered_on": LONG_AGO}
    return ClientProduct.objects.create(
        client=client, product=product or make_product(), **(defaults | fields)
    )


ROLE_OF = {
    "owner": (Role.AM, "unit"),
    "colleague": (Role.AM, "unit"),
    "stranger": (Role.AM, "other_unit"),
    "head": (Role.DEPT_HEAD, "unit"),
    "leader": (Role.UNIT_LEADER, "unit"),
    "gcdept": (Role.GC_DEPT, "city"),
    "provadmin": (Role.PROV_ADMIN, "province"),
    "sysadmin": (Role.SYSADMIN, "group"),
    "auditor": (Role.AUDITOR, "city"),
}


def make_system(name: str, unit: OrgUnit, scopes: list[str]) -> User:
    """Make a client system with its scopes over a unit."""
    user = User.objects.create(staff_no=name, full_name=name, is_system=True)
    ApiClient.objects.create(name=name, user=user, unit=unit, scopes=scopes)
    return user


def make_agreement(client: Client, **fields: Any) -> Agreement:
    """Make an agreement in force since long ago, without an end."""
    number = next(_numbers)
    defaults = {"no": f"XY{number:06d}", "type": "SERVICE", "signed_on": LONG_AGO, "effective_on": LONG_AGO}
    return Agreement.objects.create(client=client, **(defaults | fields))
