"""Promise: no secret shows in the repr of a value that holds it."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import foyer_coordinator
import foyer_demo
import foyer_node
import foyer_protocol
import foyer_web

SUSPECT = frozenset(
    {"seed", "seeds", "key", "keys", "secret", "secrets", "share", "shares", "code", "codes",
     "token", "tokens", "password", "private"}
)  # fmt: skip

PUBLIC: dict[str, str] = {
    "Statistic.key": "a statistic's name",
    "OwnFigure.key": "a statistic's name",
    "FigureView.key": "a statistic's name",
    "WithheldView.key": "a statistic's name",
    "AgreedFigure.key": "a statistic's name",
    "AgreedCell.code": "a territory",
    "Residence.codes": "territories of the catalogue",
    "CellView.code": "a territory",
    "Municipality.code": "a territory",
    "Regions.codes": "territories",
    "Unit.code": "a territory",
    "FigureForecast.key": "a statistic's name",
    "CohortForecast.code": "a code of the grid of cohorts",
    "Cohort.code": "a code of the grid of cohorts",
    "CohortView.code": "a code of the grid of cohorts",
    "Finding.code": "a stable code of errors.py",
    "RefusalArrived.code": "a stable code of errors.py",
    "Delivery.error_code": "Flower's error",
    "NoiseScale.share_variance": "a noise share's size, published with every plan",
    "Network.coordinator_key": "a public key, compared aloud",
    "Network.governance_keys": "public keys, compared aloud",
    "Institution.signing_key": "a public key",
    "Institution.transport_key": "a public key",
    "Institution.helper_key": "a public key",
    "WorldConfig.seed": "of invented visitors",
    "Standing.share": "a share of tickets or visitors, for home",
    "LadderView.share": "a share of tickets or visitors, for home",
    "LadderView.next_share": "a rung of a public ladder",
    "KeptBatch.key": "which file was read with which settings",
    "WordView.codes": "codes of a public list",
    "WordView.code_list": "the name of a public list",
    "Failure.code": "a stable code of errors.py",
    "Ways.has_password": "whether there is one",
    "WaysView.by_password": "whether there is one",
}
"""Fields that sound secret and are not, each with what it is."""


def dataclasses_of_ours() -> Iterator[type]:
    """Every dataclass of every module."""
    for package in (foyer_protocol, foyer_node, foyer_coordinator, foyer_web, foyer_demo):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.rpartition(".")[2] in ("__main__", "env"):
                continue  # these run when they are imported
            module = importlib.import_module(found.name)
            ours = (k for k in vars(module).values() if inspect.isclass(k))
            yield from (
                kind
                for kind in ours
                if kind.__module__ == module.__name__ and dataclasses.is_dataclass(kind)
            )


def shown(kind: type) -> list[str]:
    """Fields of `kind` that its repr shows and whose name sounds secret; a float is a share."""
    if not kind.__dataclass_params__.repr:
        return []
    return [
        f"{kind.__name__}.{field.name}"
        for field in dataclasses.fields(kind)
        if field.repr
        and field.type not in (float, "float")
        and SUSPECT & set(field.name.strip("_").split("_"))
    ]


def test_a_field_that_sounds_secret_is_hidden_or_named_as_public():
    found = {name for kind in dataclasses_of_ours() for name in shown(kind)}
    assert found - set(PUBLIC) == set()


def test_the_walk_sees_a_secret_that_shows():
    @dataclasses.dataclass
    class Careless:
        sealing_seed: bytes

    assert shown(Careless) == ["Careless.sealing_seed"]
