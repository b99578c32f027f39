"""Claims and experiments that pages and figures name. A text about one that no study has would never be shown."""

import inspect
from collections.abc import Iterator
from types import SimpleNamespace

import yaml
from jinja2 import nodes
from support.contents import SITE, TITLES, found
from support.project import ROOT

from ontrial.report.site.templates import environment

PAGES = sorted(path for folder in ("en", "ko", "templates") for path in ROOT.glob(f"docs/{folder}/**/*.md"))
STUDIES = [*ROOT.glob("config/*.yaml"), *ROOT.glob("config/replications/*.yaml")]
CONTENTS = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in STUDIES}
CLAIMS = {claim["id"] for name in ("claims.yaml", "law-claims.yaml") for claim in CONTENTS[name]["claims"]}
EXPERIMENTS = {name for content in CONTENTS.values() for name in content.get("experiments", ())}
PARAMETERS = {"id": CLAIMS, "experiment": EXPERIMENTS}  # → what they choose from


def unknown_names(template: str) -> Iterator[str]:
    """Yield the names, passed to functions of pages and to macros, of claims and experiments that no study has."""
    tree = environment().parse(template)
    macros = {macro.name: [argument.name for argument in macro.args] for macro in tree.find_all(nodes.Macro)}
    signatures = {
        name: list(inspect.signature(function).parameters)[1:] for name, function in SITE.load_functions().items()
    }
    for call in tree.find_all(nodes.Call):
        parameters = (signatures | macros).get(getattr(call.node, "name", ""), ())
        arguments = [*zip(parameters, call.args, strict=False), *((pair.key, pair.value) for pair in call.kwargs)]
        for parameter, argument in arguments:
            names = {argument.value} if isinstance(argument, nodes.Const) else set()
            yield from names - PARAMETERS.get(parameter, names)


def test_pages_name_claims_and_experiments_of_the_shipped_studies_only():
    assert [(path, name) for path in PAGES for name in unknown_names(path.read_text(encoding="utf-8"))] == []
    page = """
        [% macro shown(id) %][[ verdict(id) ]][% endmacro %]
        [% if has_claim("relu-cheep") %][[ verdict_box("relu-cheep") ]][% endif %]
        [[ shown("relu-cheap") ]] [[ shown("relu-free") ]]
        [% if has("speedy") %][[ accuracy("main-grid", batch_size=16) ]][% endif %] [[ preset("xor") ]]
    """
    assert set(unknown_names(page)) == {"relu-cheep", "relu-free", "speedy"}


class Asked(dict):
    """Verdicts of a study that has none, and the claims that it was asked for."""

    def __init__(self):
        self.claims = set()

    def __contains__(self, claim):
        self.claims.add(claim)
        return False


def test_answers_of_figures_rest_on_claims_of_the_docket():
    asked = Asked()
    nothing = SimpleNamespace(verdicts=asked, study=SimpleNamespace(experiments={}), measurements={}, times={})
    for figure in TITLES:
        assert found(nothing, figure) is None
    assert len(asked.claims) >= 5
    assert asked.claims <= CLAIMS
