"""Compose organisations: a name, its kind, its industry and how big it is."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from workbench.demo import words


@dataclass(slots=True)
class Draft:
    """What one organisation is, before it gets a code, a manager and a life."""

    name: str
    kind: str
    subtype: str
    industry: str
    category: str
    employees: int
    street: str = ""
    cluster: str = ""
    key_industry: str = ""
    bank_level: str = ""
    relation: str = "HQ"
    parent_name: str = ""
    media: bool = False
    founder: str = ""


def person_name(rng: Random) -> str:
    """Return a person's name."""
    roll = rng.random()
    surname = (
        rng.choice(words.SURNAMES_TWO)
        if roll < 0.01
        else words.SURNAMES[int(rng.triangular(0, len(words.SURNAMES) - 1, 8))]
    )
    if roll > 0.72:
        return surname + rng.choice(words.GIVEN_LAST)
    return surname + rng.choice(words.GIVEN_FIRST) + rng.choice(words.GIVEN_LAST)


def _size(rng: Random, mean: float) -> int:
    """Return a head count: many small ones, few large ones."""
    return max(1, round(mean * rng.lognormvariate(-0.45, 0.95)))


TRIES = 40
_TRADE_WEIGHTS = list(itertools.accumulate(row[3] for row in words.TRADES))
_FORM_WEIGHTS = list(itertools.accumulate(row[1] for row in words.FORMS))


class Composer:
    """Compose organisations of one place after another; no name comes twice."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.taken: set[str] = set()

    def _new(self, name: str) -> bool:
        if name in self.taken:
            return False
        self.taken.add(name)
        return True

    def _first_new(self, compose: Callable[[], Draft]) -> Draft:
        """Return the first draft whose name is new; a place that ran out of names counts on."""
        for _ in range(TRIES):
            draft = compose()
            if self._new(draft.name):
                return draft
        draft.name = f"{draft.name}({len(self.taken)}号)"
        self.taken.add(draft.name)
        return draft

    def firm(self, place: str) -> Draft:
        """Return an enterprise."""
        return self._first_new(lambda: self._firm(place))

    def _firm(self, place: str) -> Draft:
        rng = self.rng
        trade, industry, category, _, mean = rng.choices(words.TRADES, cum_weights=_TRADE_WEIGHTS)[0]
        brand = rng.choice(words.FIRM_FIRST) + rng.choice(words.FIRM_SECOND)
        form = ""
        if not trade.endswith(("事务所", "学校")):
            form = rng.choices(words.FORMS, cum_weights=_FORM_WEIGHTS)[0][0]
        subtype = "QY1" if form else "QY2"
        return Draft(f"{place}{brand}{trade}{form}", "QY", subtype, industry, category, _size(rng, mean))

    def shop(self, place: str) -> Draft:
        """Return an individual business."""
        return self._first_new(lambda: self._shop(place))

    def _shop(self, place: str) -> Draft:
        rng = self.rng
        trade, industry, category = rng.choice(words.SHOPS)
        owner, family = person_name(rng), rng.random() < 0.5
        sign = owner[-1] + rng.choice("记氏家") if family else rng.choice(words.FIRM_SECOND) * 2
        name = f"{place}{rng.choice(words.STREETS)}{sign}{trade}"
        return Draft(name, "GT", "", industry, category, rng.randint(1, 8), founder=owner)

    def cluster(self, place: str) -> Draft:
        """Return a cluster: a village, classmates, fellow townsmen."""
        return self._first_new(lambda: self._cluster(place))

    def _cluster(self, place: str) -> Draft:
        rng, roll = self.rng, self.rng.random()
        if roll < 0.5:
            kind, name = "VILLAGE", f"{place}{rng.choice(words.STREETS)}村村级网"
        elif roll < 0.75:
            kind = "CLASSMATE"
            name = f"{place}{rng.choice(words.STREETS)}中学{rng.randint(1995, 2018)}届同学网"
        else:
            home = rng.choice(("安庆", "上饶", "南阳", "恩施", "遵义", "达州"))
            kind, name = "TOWNSMEN", f"{place}{home}老乡网"
        return Draft(name, "JL", "", "9529", "社会组织", rng.randint(20, 120), cluster=kind)

    def institution(self, place: str) -> Draft:
        """Return a school, hospital or other public institution."""
        return self._first_new(lambda: self._institution(place))

    def _institution(self, place: str) -> Draft:
        rng = self.rng
        tail, subtype, industry, category, mean = rng.choice(words.INSTITUTIONS)
        middle = rng.choice(words.STREETS)
        if tail in ("人民医院", "中学"):
            middle = rng.choice(("第一", "第二", "第三"))
        elif tail in ("中医院", "疾病预防控制中心", "图书馆", "博物馆", "社会福利院", "体育中心"):
            middle = rng.choice(("", "", "第二"))
        return Draft(f"{place}{middle}{tail}", "SY", subtype, industry, category, _size(rng, mean))

    def society(self, place: str) -> Draft:
        """Return a society or a private non-enterprise unit."""
        return self._first_new(lambda: self._society(place))

    def _society(self, place: str) -> Draft:
        rng = self.rng
        if rng.random() < 0.4:
            tail, subtype, industry, mean = rng.choice(words.OTHER_LEGAL)
            sign = rng.choice(words.FIRM_FIRST) + rng.choice(words.FIRM_SECOND)
            return Draft(f"{place}{sign}{tail}", "QT", subtype, industry, "社会组织", _size(rng, mean))
        tail, subtype, industry = rng.choice(words.SOCIETIES)
        middle = rng.choice(("", *words.STREETS)) if tail == "商会" else rng.choice(("", "青年"))
        return Draft(f"{place}{middle}{tail}", "ST", subtype, industry, "社会组织", rng.randint(3, 14))

    def any(self, place: str) -> Draft:
        """Return one organisation of the usual mixture."""
        roll = self.rng.random()
        if roll < 0.68:
            return self.firm(place)
        if roll < 0.83:
            return self.shop(place)
        if roll < 0.93:
            return self.institution(place)
        if roll < 0.96:
            return self.society(place)
        return self.cluster(place)

    def organs(self, place: str) -> list[Draft]:
        """Return the government organs of a district."""
        found = []
        for tail, subtype, industry, category in words.ORGANS:
            name = f"中共{place}{tail}" if subtype == "JG1" else f"{place}{tail}"
            if self._new(name):
                found.append(Draft(name, "JG", subtype, industry, category, _size(self.rng, 55)))
        found += [
            Draft(name, "JG", "JG8", "9221", "政府", _size(self.rng, 40))
            for street in self.rng.sample(words.STREETS, 3)
            if self._new(name := f"{place}{street}镇人民政府")
        ]
        return found

    def networks(self, city: str, districts: list[str]) -> list[Draft]:
        """Return what every city has once: bank with branches, water, gas, power, post, roads, press."""
        rng = self.rng
        bank = f"{city}{rng.choice(('江南', '东海', '越商'))}银行"
        head = f"{bank}股份有限公司"
        found = [
            Draft(
                head, "QY", "QY1", "6621", "银行", rng.randint(420, 900), key_industry="BANK", bank_level="HQ"
            )
        ]
        for district in districts:
            branch = f"{bank}{district}分行"
            found.append(
                Draft(
                    branch, "QY", "QY2", "6621", "银行", rng.randint(60, 160), key_industry="BANK",
                    bank_level="BRANCH", relation="BRANCH", parent_name=head,
                )
            )  # fmt: skip
            found += [
                Draft(
                    f"{bank}{district}{street}支行", "QY", "QY2", "6621", "银行", rng.randint(12, 40),
                    key_industry="BANK", bank_level="SUB_BRANCH", relation="BRANCH", parent_name=branch,
                )
                for street in rng.sample(words.STREETS, 3)
            ]  # fmt: skip
        for name, industry, category, key, mean in (
            (f"{city}市自来水有限公司", "4610", "供水", "WATER", 380),
            (f"{city}城市燃气有限公司", "4511", "燃气", "GAS", 290),
            (f"{city}电力供应有限公司", "4420", "电力", "POWER", 640),
            (f"{city}邮政速运有限公司", "6020", "邮政", "POST", 520),
            (f"{city}绕城高速公路有限公司", "5443", "公路", "ROAD", 260),
            (f"{city}城际铁路维护有限公司", "5333", "铁路", "RAILWAY", 310),
            (f"{city}空港运营有限公司", "5631", "航空", "AIRPORT", 450),
            (f"{city}港务集团有限公司", "5331", "港航", "", 700),
            (f"{city}广播电视台", "8710", "新闻媒体", "", 340),
        ):
            kind = ("SY", "SY8") if key == "" and category == "新闻媒体" else ("QY", "QY1")
            found.append(
                Draft(
                    name, *kind, industry, category, _size(rng, mean), key_industry=key, media=kind[0] == "SY"
                )
            )
        # A manufacturer with second-level units.
        works = f"{city}越海机电集团有限公司"
        found.append(Draft(works, "QY", "QY1", "3811", "制造", rng.randint(1800, 3200)))
        found += [
            Draft(
                f"{city}越海机电{part}分公司", "QY", "QY2", "3811", "制造", rng.randint(45, 400),
                relation="SECOND_LEVEL_UNIT", parent_name=works,
            )
            for part in ("铸造", "总装", "销售", "物流")
        ]  # fmt: skip
        for draft in found:
            self.taken.add(draft.name)
        return found


def phones(draft: Draft, rng: Random) -> dict[str, Any]:
    """Return how many mobiles of each operator an organisation uses."""
    share = rng.uniform(0.55, 1.15) if draft.kind != "JL" else 1.0
    total = round(draft.employees * share)
    own = round(total * min(0.98, max(0.05, rng.gauss(0.58, 0.18))))
    telecom = round((total - own) * rng.uniform(0.4, 0.8))
    return {"cm": own, "ct": telecom, "cu": max(0, total - own - telecom)}
