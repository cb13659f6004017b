"""Find the region that two columns of a foreign file mean."""

from crm.base.models import Region


def region_finder() -> "RegionFinder":
    """Return a finder over the table of regions."""
    return RegionFinder(list(Region.objects.values_list("code", "name")))


class RegionFinder:
    """Find the region two columns of a foreign file mean: 福建 + 泉州 is 3505."""

    SUFFIXES = (
        "特别行政区",
        "壮族自治区",
        "回族自治区",
        "维吾尔自治区",
        "自治区",
        "自治州",
        "地区",
        "新区",
        "省",
        "市",
        "盟",
        "区",
        "县",
    )

    def __init__(self, regions: list[tuple[str, str]]) -> None:
        self.codes = {code for code, _name in regions}
        self.provinces = [(self.bare(name), code) for code, name in regions if len(code) == 2]
        self.inside: dict[str, list[tuple[str, str]]] = {}
        for code, name in sorted(regions, key=lambda region: (len(region[0]), region[0])):
            if len(code) > 2 and name not in ("市辖区", "县"):
                self.inside.setdefault(code[:2], []).append((name, code))

    @classmethod
    def bare(cls, name: str) -> str:
        """Return a name without the word for its level: 内蒙古自治区 is 内蒙古."""
        for suffix in cls.SUFFIXES:
            if name.endswith(suffix) and len(name) - len(suffix) >= 2:
                return name.removesuffix(suffix)
        return name

    def find(self, province: str | None, city: str | None) -> str | None:
        """Return the code of the deepest region both names agree on, or nothing."""
        province, city = (province or "").strip(), (city or "").strip()
        if city.isdecimal() and city in self.codes:
            return city
        wanted = self.bare(province)
        codes = [
            code for name, code in self.provinces if wanted and (name == wanted or wanted.startswith(name))
        ]
        if not codes and city:  # the province may stand in front of the city, or be the city itself
            codes = [code for name, code in self.provinces if city.startswith(name)]
        if codes:
            rest = city
            for name, code in self.provinces:
                if code == codes[0] and rest.startswith(name) and len(rest) > len(name) + 1:
                    rest = rest.removeprefix(name).removeprefix("省").removeprefix("市")
            return self._inside(codes[0], rest) or codes[0]
        if not city:
            return None
        found = {place for inside in self.inside if (place := self._inside(inside, city, cities_only=True))}
        return found.pop() if len(found) == 1 else None

    def _inside(self, province: str, name: str, *, cities_only: bool = False) -> str | None:
        if len(name) < 2:
            return None
        for region, code in self.inside.get(province, ()):
            if cities_only and len(code) > 4:
                break
            if region == name or region.startswith(name) or name.startswith(self.bare(region)):
                return code
        return None
