"""Views of an invented release: every status, every kind of figure, one round around them."""

from dataclasses import replace
from datetime import date, datetime

from foyer_protocol.catalogue.entries import (
    ATTENDANCES,
    AVERAGE_TICKET_PRICE,
    BOOKERS_TOTAL,
    CAPTURE_RATE,
    FIRST_TIME_SHARE,
    LEAD_TIME,
    ONLINE_SHARE,
    RESIDENCE,
    RETENTION,
)
from foyer_protocol.catalogue.measures import Residence, Tickets
from foyer_web.local_views import CheckView, Leaf, NodeStatusView, SentView, SourceView
from foyer_web.oversight_views import ActView, PasskeyView, PersonView, WaysView
from foyer_web.parts import Accord, PartsView
from foyer_web.sharing_views import BeforeView, LeafBeforeView, SharingView
from foyer_web.views import (
    Band,
    CellView,
    FigureView,
    FilterView,
    NoiseLine,
    OverviewView,
    OwnAbsence,
    Reason,
    RoundView,
    Status,
    WithheldView,
    figure_of,
    with_mine,
)

BAND = Band(least=5, most=9)

CELLS = tuple(
    CellView(code=code, estimate=estimate, low=estimate - 38, high=estimate + 38)
    for code, estimate in {
        "DK-2": 1243.0,
        "UNKNOWN": 900.0,
        "ELSEWHERE": 90.0,
        "FI-0": -3.0,
    }.items()
)

DIFFERING = PartsView(
    accord=Accord.DIFFER, count=3, values=(0.29, 0.305, 0.71), allowed=0.16, middle=0.305
)
SHARE = figure_of(FIRST_TIME_SHARE, interval=(0.283, 0.311, 0.339))
FIGURES: dict[str, FigureView] = {
    "share": SHARE,
    "share with mine": replace(with_mine(SHARE, 0.412), includes_mine=True),
    "total": figure_of(ATTENDANCES, interval=(123504, 124310, 125090)),
    "total with mine": replace(
        with_mine(figure_of(ATTENDANCES, interval=(123504, 124310, 125090)), 14021),
        includes_mine=True,
    ),
    "money": figure_of(AVERAGE_TICKET_PRICE, interval=(17.82, 18.06, 18.29), currency="EUR"),
    "days": figure_of(LEAD_TIME, interval=(11.2, 12.4, 13.5)),
    "histogram": figure_of(RESIDENCE, cells=CELLS),
    "histogram with mine": with_mine(figure_of(RESIDENCE, cells=CELLS), None, {"DK-2": 207.0}),
    "too few": figure_of(
        RETENTION, status=Status.WITHHELD, reason=Reason.FEW_CONTRIBUTORS
    ),
    "dominance": figure_of(ONLINE_SHARE, status=Status.WITHHELD, reason=Reason.DOMINANCE),
    "too uncertain": figure_of(CAPTURE_RATE, interval=(0.1, 0.3, 0.6)),
    "not asked": replace(figure_of(BOOKERS_TOTAL), round_id="2026-q1"),
    "mine alone": with_mine(figure_of(BOOKERS_TOTAL), 312),
    "my groups alone": with_mine(figure_of(RESIDENCE), None, {"DK-2": 207.0, "FI-0": 0.0}),
    "no figure of mine": replace(SHARE, mine_absent=OwnAbsence.SHORT_HISTORY),
    "parts that differ": replace(SHARE, parts=DIFFERING),
    "parts that agree": replace(SHARE, parts=replace(DIFFERING, accord=Accord.AGREE)),
    "did not take part": figure_of(BOOKERS_TOTAL, status=Status.DID_NOT_TAKE_PART),
}  # fmt: skip

ROUND = RoundView(
    round_id="2026-q1",
    starts=date(2026, 1, 1),
    ends=date(2026, 4, 1),
    released_on=date(2026, 11, 24),
    institutions=BAND,
    rho="1/20",
    epsilon=1.837,
    delta=1e-6,
    noise=(NoiseLine(family="visits", standard_deviation=126.49, rho="1/100"),),
    plan_hash="ab" * 32,
    roster_hash="cd" * 32,
    release_hash="ef" * 32,
    figures=(SHARE, FIGURES["dominance"]),
    withheld=(
        WithheldView(
            key="booking.online_share",
            title="Sold online",
            status=Status.WITHHELD,
            reason=Reason.DOMINANCE,
        ),
    ),
)

OVERVIEW = OverviewView(
    figures=tuple(FIGURES.values()),
    latest=ROUND,
    taking_part=BAND,
    next_round_on=date(2026, 12, 3),
)

FILTER = FilterView(
    name="round", label="Round", options=(("2026-q1", "2026 Q1"),), chosen="2026-q1"
)

SENT = SentView(
    number=3,
    at=datetime(2026, 11, 24, 12, 4),
    channel="fleet",
    kind="report",
    round_id="2026-q1",
    octets=3610,
    recipient="coordinator",
    rho="1/20",
    digest="9f" * 32,
    payload='{"masked": "<not markup>"}',
)

NODE_STATUS = NodeStatusView(
    institution="Østerbro Teater",
    working=True,
    last_sent=datetime(2026, 11, 24, 12, 4),
    listens_on="127.0.0.1:8081",
    budget_used="0.8",
    budget_total="2.0",
    checks=(CheckView(label="Disk", well=False, detail="3 GB free", hint="Free some space."),),
    sources=(SourceView(name="orders", rows=12903, quarantined=12, first=date(2023, 1, 1)),),
)

BEFORE = BeforeView(
    leaves=(
        LeafBeforeView(leaf=Tickets(cap=40), exact=(45.0,), noise=(-2.5,)),
        LeafBeforeView(leaf=Residence(codes=("DK-2", "SE-1")), exact=(9.0, 6.0), noise=(1.0, 0.0)),
    ),
    lack="",
)

PERSON = PersonView(
    name="Anna Kurator",
    login="anna.kurator@oesterbro-teater.example",
    role="steward",
    institution="oesterbro-teater",
    is_open=True,
)

PROVIDERS = (("entra", "Microsoft"), ("google", "Google"))

PAGES: dict[str, dict[str, object]] = {
    "invitation": {
        "path": "/invitation/one-time",
        "person": PERSON,
        "token": "one-time",
        "fault": "short",
        "providers": PROVIDERS,
        "by_passkey": True,
        "form_token": "token",
    },
    "account": {
        "path": "/account",
        "person": PERSON,
        "ways": WaysView(
            by_password=True,
            linked=("google",),
            passkeys=(PasskeyView(credential_id="ab" * 20, added_on=date(2026, 11, 3)),),
        ),
        "recent": True,
        "oversees": True,
        "providers": PROVIDERS,
        "by_passkey": True,
        "fault": "",
        "form_token": "token",
    },
    "people": {"path": "/people", "people": (PERSON, replace(PERSON, institution=""))},
    "audit": {
        "path": "/audit",
        "acts": (
            ActView(
                at=datetime(2026, 11, 24, 12, 4),
                who="operator",
                act="person-invited",
                whom="Anna Kurator",
                detail="steward of oesterbro-teater",
            ),
        ),
        "earlier": 4,
        "head": "5c" * 32,
    },
    "overview": {"path": "/", "overview": OVERVIEW},
    "statistic": {
        "path": "/statistics/loyalty.first_time_share",
        "figure": SHARE,
        "round": ROUND,
        "filters": (FILTER,),
    },
    "rounds": {"path": "/rounds", "rounds": (ROUND,)},
    "round": {"path": "/rounds/2026-q1", "round": ROUND},
    "sign_in": {
        "path": "/sign-in",
        "token": "one-time",
        "fault": "",
        "by_password": True,
        "providers": PROVIDERS,
        "by_passkey": True,
        "form_token": "token",
    },
    "node_status": {"path": "/status", "status": NODE_STATUS},
    "outbox": {
        "path": "/outbox",
        "sent": (SENT,),
        "leaf": Leaf(number=2, last=3),
        "rounds": ("2026-q1",),
        "chosen": "2026-q1",
        "sharing": SharingView(),
        "form_token": "token",
    },
    "sent": {"path": "/outbox/3", "entry": SENT, "before": BEFORE},
}
"""`PAGES[template]` is the context with which it renders."""
