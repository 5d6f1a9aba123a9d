"""The closed lists of the wire format: states, countries, incident types and the words people read for them.

Source: reporting API, sections 3.1 to 3.3.
"""

from __future__ import annotations

_STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ "
    "NM NV NY OH OK OR PA PR RI SC SD TN TX UT VA VI VT WA WI WV WY"
)

_COUNTRIES = (
    "A1 A2 O1 AD AE AF AG AI AL AM AN AO AP AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN "
    "BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CX CW CY CZ DE DJ DK DM DO "
    "DZ EC EE EG EH ER ES ET EU FI FJ FK FM FO FR FX GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU "
    "GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ "
    "LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY "
    "MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU "
    "RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO "
    "TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)

_STATE_NAMES = (
    "AK Alaska, AL Alabama, AR Arkansas, AZ Arizona, CA California, CO Colorado, CT Connecticut, DC "
    "District of Columbia, DE Delaware, FL Florida, GA Georgia, GU Guam, HI Hawaii, IA Iowa, ID Idaho, IL "
    "Illinois, IN Indiana, KS Kansas, KY Kentucky, LA Louisiana, MA Massachusetts, MD Maryland, ME Maine, "
    "MI Michigan, MN Minnesota, MO Missouri, MS Mississippi, MT Montana, NC North Carolina, ND North "
    "Dakota, NE Nebraska, NH New Hampshire, NJ New Jersey, NM New Mexico, NV Nevada, NY New York, OH "
    "Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania, PR Puerto Rico, RI Rhode Island, SC South Carolina, "
    "SD South Dakota, TN Tennessee, TX Texas, UT Utah, VA Virginia, VI US Virgin Islands, VT Vermont, WA "
    "Washington, WI Wisconsin, WV West Virginia, WY Wyoming"
)

STATES: tuple[str, ...] = tuple(_STATES.split())
"""US states and territories: 54 codes, upper case."""

STATE_NAMES: dict[str, str] = {code: name for code, _, name in (one.partition(" ") for one in _STATE_NAMES.split(", "))}
"""US states and territories by code, as people know them."""

COUNTRIES: tuple[str, ...] = tuple(_COUNTRIES.split())
"""257 codes: ISO 3166-1 alpha-2 and the older or special codes that the schema also allows."""

PSEUDO_COUNTRIES = frozenset({"A1", "A2", "O1", "AP", "EU"})
"""Codes that name no country: anonymous proxy, satellite provider, other, Asia/Pacific, Europe."""

BATCH_REASONS: dict[str, str] = {"VIRAL_POTENTIAL_MEME": "A viral file, possibly a meme"}
"""Why reports are batched -> the words that people read."""

INCIDENT_LABELS: dict[str, str] = {
    "Child Pornography (possession, manufacture, and distribution)": (
        "Child sexual abuse material (having, making or sharing it)"
    ),
    "Child Sex Trafficking": "Child sex trafficking",
    "Child Sex Tourism": "Travelling abroad to sexually exploit a child",
    "Child Sexual Molestation": "Sexual abuse of a child",
    "Misleading Domain Name": "Misleading domain name",
    "Misleading Words or Digital Images on the Internet": "Misleading words or images on the internet",
    "Online Enticement of Children for Sexual Acts": "Online enticement of a child",
    "Unsolicited Obscene Material Sent to a Child": "Obscene material sent to a child unasked",
}
"""Wire constant -> the words that people read."""

INCIDENT_TYPES: tuple[str, ...] = tuple(INCIDENT_LABELS)

INCIDENT_ALIASES: dict[str, str] = {
    "Child Sexual Molestation (not by family member)": "Child Sexual Molestation",
}
"""Constants that old clients still send -> today's constant."""

EVENT_NAMES = ("Login", "Registration", "Purchase", "Upload", "Other", "Unknown")

REPORT_FLAGS: dict[str, str] = {
    "sextortion": "Sextortion",
    "csamSolicitation": "Asked a child for sexual images",
    "minorToMinorInteraction": "Between minors",
    "spam": "Spam",
    "sadisticOnlineExploitation": "Sadistic online exploitation",
    "informational": "Informational",
    "potentialAggravatingFactors": "Possible aggravating factors",
    "instrumentalUse": "Instrumental use",
}
"""Annotations of a report -> the words that people read. The last three came in 2026."""

FILE_FLAGS: dict[str, str] = {
    "animeDrawingVirtualHentai": "Drawn or virtual",
    "potentialMeme": "Possible meme, shared without evident malice",
    "viral": "Spreading fast",
    "possibleSelfProduction": "Possibly made by the child",
    "physicalHarm": "Deliberate injury",
    "violenceGore": "Graphic violence",
    "bestiality": "Animal involved",
    "liveStreaming": "Was live when uploaded",
    "infant": "Infant",
    "generativeAi": "Believed to be AI-generated",
}
"""Annotations of a file -> the words that people read."""
