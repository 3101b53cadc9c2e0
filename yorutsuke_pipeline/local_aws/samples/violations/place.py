"""The cities that the sample violations are issued in. Kept out: streets, so that nobody's address is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

_CITIES = {
    "AL": ("Mobile", "Huntsville"),
    "AZ": ("Tucson", "Mesa"),
    "CA": ("Fresno", "Long Beach", "Stockton", "San José"),
    "CO": ("Pueblo", "Aurora"),
    "FL": ("Tampa", "Ocala", "Hialeah"),
    "GA": ("Macon", "Savannah"),
    "IL": ("Peoria", "Rockford"),
    "IN": ("Gary", "Evansville"),
    "KY": ("Pikeville", "Paducah"),
    "LA": ("Lake Charles", "Baton Rouge"),
    "MA": ("Worcester", "Fall River"),
    "MI": ("Flint", "Saginaw"),
    "MN": ("Duluth", "St. Paul"),
    "MO": ("Joplin", "St. Louis"),
    "NC": ("Durham", "Gastonia"),
    "NJ": ("Newark", "Camden"),
    "NM": ("Las Cruces", "Española"),
    "NV": ("Elko", "Reno"),
    "NY": ("Buffalo", "Yonkers", "Schenectady"),
    "OH": ("Toledo", "Dayton", "Akron"),
    "OK": ("Tulsa", "Lawton"),
    "OR": ("Salem", "Medford"),
    "PA": ("Scranton", "Erie"),
    "TN": ("Chattanooga", "Memphis"),
    "TX": ("Odessa", "Beaumont", "Laredo", "El Paso"),
    "UT": ("Provo", "Ogden"),
    "WA": ("Tacoma", "Spokane", "Yakima"),
    "WI": ("Racine", "Green Bay"),
    "WV": ("Beckley", "Charleston"),
}
_STATES = tuple(_CITIES)


def choose_place(state: str | None, rng: random.Random) -> str:
    """Return a place as "City, ST": in `state`, or anywhere for None."""
    chosen = state or rng.choice(_STATES)
    return f"{rng.choice(_CITIES[chosen])}, {chosen}"
