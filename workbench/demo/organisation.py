"""The branch itself: units from the group down to teams, the market grid, and its people."""

import itertools
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from django.contrib.auth.hashers import make_password

from clients.choices import GridLevel
from clients.models import Grid
from crm.accounts.choices import Grade, Role, Track, UnitType
from crm.accounts.models import OrgUnit, RoleAssignment, User
from workbench.demo import words

PASSWORD = "demo"  # noqa: S105 - known on purpose, and said so on the login page in demo mode
PROVINCE = "33"
# City code, city; production units with their district code, name and number of clients in the demonstration.
CITIES = (
    ("3301", "杭州", (("330106", "西湖", 430), ("330108", "滨江", 370), ("330110", "余杭", 330))),
    ("3302", "宁波", (("330203", "海曙", 310), ("330212", "鄞州", 290))),
    ("3303", "温州", (("330302", "鹿城", 270),)),
)
HIRED = date(2019, 7, 1)

# Login, name, role, unit whose sub-tree the role covers, unit the person sits in, position.
STAFF = (
    ("am1", "陈立群", Role.AM, "U330106", "T33010601", "客户经理"),
    ("am2", "周晓雯", Role.AM, "U330106", "T33010601", "客户经理"),
    ("am9", "何志斌", Role.AM, "U330106", "T33010602", "客户经理"),
    ("head", "王建国", Role.DEPT_HEAD, "U330106", "D330106", "集团客户部主任"),
    ("leader", "赵敏华", Role.UNIT_LEADER, "U330106", "U330106", "分管副总经理"),
    ("am3", "林志远", Role.AM, "U330108", "T33010801", "客户经理"),
    ("am4", "沈佳慧", Role.AM, "U330108", "T33010802", "客户经理"),
    ("head2", "许国强", Role.DEPT_HEAD, "U330108", "D330108", "集团客户部主任"),
    ("leader2", "方春霞", Role.UNIT_LEADER, "U330108", "U330108", "分管副总经理"),
    ("am5", "郑凯文", Role.AM, "U330110", "T33011001", "客户经理"),
    ("head3", "蒋海波", Role.DEPT_HEAD, "U330110", "D330110", "集团客户部主任"),
    ("am6", "徐子昂", Role.AM, "U330203", "T33020301", "客户经理"),
    ("head4", "胡爱萍", Role.DEPT_HEAD, "U330203", "D330203", "集团客户部主任"),
    ("am7", "金晓明", Role.AM, "U330212", "T33021201", "客户经理"),
    ("head5", "戴文彬", Role.DEPT_HEAD, "U330212", "D330212", "集团客户部主任"),
    ("am8", "潘丽莎", Role.AM, "U330302", "T33030201", "客户经理"),
    ("head6", "叶永康", Role.DEPT_HEAD, "U330302", "D330302", "集团客户部主任"),
    ("gcdept", "孙丽娟", Role.GC_DEPT, "C3301", "D3301", "集团客户部经理"),
    ("gcdept2", "钱少华", Role.GC_DEPT, "C3302", "D3302", "集团客户部经理"),
    ("provadmin", "吴国栋", Role.PROV_ADMIN, "P33", "D33", "省公司集团客户部管理员"),
    ("sysadmin", "郑凯", Role.SYSADMIN, "GRP", "P33", "系统管理员"),
    ("auditor", "冯静", Role.AUDITOR, "P33", "D33J", "稽核员"),
    ("hall", "罗小燕", Role.HALL, "U330106", "U330106", "营业厅值班经理"),
    ("hotline", "韩雪", Role.HOTLINE, "P33", "P33", "热线班长"),
    ("kb", "曹博文", Role.KB_OWNER, "P33", "D33", "知识库管理员"),
    # What one province administrator asks for, the other decides.
    ("provadmin2", "陆慧敏", Role.PROV_ADMIN, "P33", "D33", "省公司集团客户部管理员"),
)


@dataclass
class Organisation:
    """What later steps need to know of the branch."""

    units: dict[str, OrgUnit]
    people: dict[str, User] = field(default_factory=dict)
    # Production unit code → leaves of its grid.
    leaves: dict[str, list[Grid]] = field(default_factory=dict)

    def managers(self, unit_code: str) -> list[User]:
        """Return the account managers of a production unit."""
        return [self.people[row[0]] for row in STAFF if row[2] == Role.AM and row[3] == unit_code]


def _unit(units: dict[str, OrgUnit], code: str, name: str, kind: str, parent: str, region: str = "") -> None:
    fields = {"code": code, "name": name, "type": kind, "region_code": region}
    made = OrgUnit.objects.add_child(units[parent], fields) if parent else OrgUnit.objects.add_root(fields)
    units[code] = cast(OrgUnit, made)


def build_units() -> Organisation:
    """Build the tree: group company, province, cities, production units, departments, teams."""
    units: dict[str, OrgUnit] = {}
    _unit(units, "GRP", "集团公司", UnitType.GROUP, "")
    _unit(units, "P33", "浙江公司", UnitType.PROVINCE, "GRP", PROVINCE)
    _unit(units, "D33", "省公司集团客户部", UnitType.DEPT, "P33", PROVINCE)
    _unit(units, "D33J", "省公司稽核室", UnitType.DEPT, "P33", PROVINCE)
    for city_code, city, districts in CITIES:
        _unit(units, f"C{city_code}", f"{city}分公司", UnitType.CITY, "P33", city_code)
        _unit(units, f"D{city_code}", f"{city}集团客户部", UnitType.DEPT, f"C{city_code}", city_code)
        for code, name, _clients in districts:
            _unit(units, f"U{code}", f"{name}分公司", UnitType.PRODUCTION_UNIT, f"C{city_code}", code)
            _unit(units, f"D{code}", f"{name}集团客户部", UnitType.DEPT, f"U{code}", code)
            _unit(units, f"T{code}01", f"{name}政企一班", UnitType.TEAM, f"D{code}", code)
            _unit(units, f"T{code}02", f"{name}政企二班", UnitType.TEAM, f"D{code}", code)
    return Organisation(units)


def _cell(code: str, name: str, level: GridLevel, unit: OrgUnit, parent: Grid | None = None) -> Grid:
    fields = {"code": code, "name": name, "level": level, "unit": unit}
    made = Grid.objects.add_child(parent, fields) if parent else Grid.objects.add_root(fields)
    return cast(Grid, made)


def build_grids(org: Organisation) -> int:
    """Build the five levels of the grid under every production unit; return the number of cells."""
    streets = itertools.cycle(words.STREETS)
    for city_code, city, districts in CITIES:
        area = _cell(city_code, f"{city}地区", GridLevel.AREA, org.units[f"C{city_code}"])
        for code, name, _clients in districts:
            unit = org.units[f"U{code}"]
            county = _cell(code, f"{name}县区", GridLevel.COUNTY, unit, area)
            leaves = org.leaves[unit.code] = []
            for p, side in enumerate("东西", 1):
                patch = _cell(f"{code}{p}", f"{name}{side}片区", GridLevel.PATCH, unit, county)
                for t in (1, 2):
                    street = next(streets)
                    town = _cell(f"{code}{p}{t}", f"{street}街道", GridLevel.TOWNSHIP, unit, patch)
                    leaves += [
                        _cell(f"{code}{p}{t}{o}", f"{street}局向{o}", GridLevel.OFFICE_DIR, unit, town)
                        for o in (1, 2)
                    ]
    return Grid.objects.count()


def build_people(org: Organisation) -> int:
    """Make the staff with their roles; everybody's password is "demo"."""
    hashed = make_password(PASSWORD)
    grades = (Grade.SENIOR, Grade.MIDDLE, Grade.ORDINARY)
    for index, (login, name, role, over, seat, position) in enumerate(STAFF):
        unit = org.units[seat]
        manages = role == Role.AM
        user = org.people[login] = User.objects.create(
            staff_no=login,
            username=f"{unit.name}_{name}",
            full_name=name,
            org_unit=unit,
            mobile=f"1390000{1000 + index}",
            email=f"{login}@crm.example",
            staff_position=position,
            hired_on=HIRED.replace(year=HIRED.year + index % 5),
            am_track=Track.GROUP if manages else "",
            am_grade=grades[index % 3] if manages else "",
            password=hashed,
        )
        RoleAssignment.objects.create(
            user=user, role=role, unit=org.units[over], valid_from=user.hired_on or HIRED
        )
    # Two people have a past: roles are dated, and what has ended opens nothing.
    RoleAssignment.objects.create(
        user=org.people["am9"],
        role=Role.AM,
        unit=org.units["U330108"],
        valid_from=date(2018, 3, 1),
        valid_to=date(2020, 12, 31),
    )
    RoleAssignment.objects.create(
        user=org.people["head"],
        role=Role.AM,
        unit=org.units["U330106"],
        valid_from=date(2012, 7, 1),
        valid_to=date(2018, 6, 30),
    )
    return len(STAFF)
