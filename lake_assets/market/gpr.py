"""The geopolitical risk index as its authors publish it: which numbers a month has."""

from typing import Final

_COUNTRIES: Final = (
    "ARG AUS BEL BRA CAN CHE CHL CHN COL DEU DNK EGY ESP FIN FRA GBR HKG HUN IDN IND ISR ITA JPN "
    "KOR MEX MYS NLD NOR PER PHL POL PRT RUS SAU SWE THA TUN TUR TWN UKR USA VEN VNM ZAF"
)
GPR_COUNTRIES: Final = tuple(_COUNTRIES.split())
"""ISO 3166 codes of the countries with an index of their own, in the file's order."""

_HEADLINE: Final = {
    "gpr": "Recent index, 1985 to 2019 = 100",
    "gprt": "Recent index of threats, 1985 to 2019 = 100",
    "gpra": "Recent index of acts, 1985 to 2019 = 100",
    "gprh": "Historical index, 1900 to 2019 = 100",
    "gprht": "Historical index of threats, 1900 to 2019 = 100",
    "gprha": "Historical index of acts, 1900 to 2019 = 100",
    "share_gpr": "Percent of recent articles",
    "n10": "Articles of the ten recent newspapers",
    "share_gprh": "Percent of historical articles",
    "n3h": "Articles of the three historical newspapers",
    "gprh_noew": "Historical index without words of false alarms",
    "gpr_noew": "Recent index without words of false alarms",
    "gprh_and": "Historical index, terms joined by AND",
    "gpr_and": "Recent index, terms joined by AND",
    "gprh_basic": "Historical index, basic search",
    "gpr_basic": "Recent index, basic search",
}
_CATEGORIES: Final = {
    f"shareh_cat_{number}": f"Percent of historical articles of category {number}"
    for number in range(1, 9)
}
GPR_COLUMNS: Final[dict[str, str]] = {
    **_HEADLINE,
    **_CATEGORIES,
    **{f"gprc_{iso.lower()}": f"Percent of recent articles naming {iso}" for iso in GPR_COUNTRIES},
    **{
        f"gprhc_{iso.lower()}": f"Percent of historical articles naming {iso}"
        for iso in GPR_COUNTRIES
    },
}
"""Every number of a month and what it is, in the file's order; names in lower case."""

GPR_FIRST_YEAR: Final = 1985
"""The recent index begins in January of this year; the historical one in 1900."""


def gpr_unit(column: str) -> str:
    """Unit of one of `GPR_COLUMNS`."""
    if column in {"n10", "n3h"}:
        return "articles"
    return "percent_points" if column.startswith(("share", "gprc_", "gprhc_")) else "index_points"
