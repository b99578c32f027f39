"""A study in which every text by somebody else tries to become markup, and a scan for those that succeed."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

from support.project import copy_project, snakemake

TAG = "x-hostile"  # element that only hostile text can create
HTML = f"</title></script></p><{TAG} onclick=alert(1)><img src=x onerror=alert(1)><script>alert(1)</script>"
MARKDOWN = (
    "[a](javascript:alert(1)) ![b](x){: onerror=alert(1) } ``c` `d | e | *f* __g__ $\\href{javascript:alert(1)}{h}$"
)
TEMPLATE = '[[ 7 * 7 ]] [% raw %] {{ 7 * 7 }} {% raw %} &lt;i&gt; &#60;b&#62; " onmouseover="alert(1)'
HOSTILE = f"{HTML} {MARKDOWN} {TEMPLATE}"

# Names of files may contain everything but < > { }; a shell, Markdown and YAML must take them literally.
NAME = """it's "q" $(touch HACKED) `touch HACKED`;touch HACKED & | * ? ~ ^ % @ ! [a](b) \\ é"""
FOLDER, STUDY_FILE = f"own {NAME}", f"own {NAME}/study {NAME}.yaml"
PRIVATE = "home/alice-liddell/secret project"

COLUMNS = [f"{HOSTILE} {i}" for i in range(4)]
CLASSES = [f"{HOSTILE} one", f"{HOSTILE} two"]
LANGUAGES = {"en": f"{HOSTILE} en", "ko": f"{HOSTILE} ko"}


def experiment(**changes) -> dict:
    settings = {
        "purpose": LANGUAGES, "dataset": ["hostile-data"], "hidden": [[4]], "activation": ["relu"],
        "initialisation": ["own"], "objective": ["softmax+cross_entropy"], "batch_size": [4, 16],
        "learning_rates": [0.1, 0.3], "seeds": {"confirmatory": {"from": 1, "to": 10}}, "budget": {"epochs": 2},
    }  # fmt: skip
    return settings | changes


STUDY = {
    "study": "hostile",
    "book": "ontrial_book",
    "docket": f"docket {NAME}.yaml",
    "datasets": {
        "hostile-data": {
            "csv": f"data {NAME}.csv",
            "label": COLUMNS[0],
            "categories": [COLUMNS[1]],
            "drop": [COLUMNS[2]],
        },
        "hostile-numbers": {
            "csv": f"data {NAME}.csv",
            "target": COLUMNS[3],
            "categories": COLUMNS[:2],
            "drop": [COLUMNS[2]],
        },
    },
    "experiments": {
        "constructor": experiment(),
        "shapes": experiment(dataset=["moons"]),
        "batch-size": experiment(dataset=["hostile-numbers"], objective=["identity+mse"]),
    },
}
TEST = {
    "experiment": "constructor",
    "metric": "test_accuracy",
    "difference": {"of": {"batch_size": 4}, "minus": {"batch_size": 16}},
    "contexts": {"policy": ["fixed_of", "fixed_minus", "tuned"]},
    "smallest_effect": "20 points",
}
ERRORS = TEST | {"experiment": "batch-size", "metric": "test_rmse", "smallest_effect": 0.5}
TEXTS = {
    "short": LANGUAGES,
    "translation": [HOSTILE],
    "statement": LANGUAGES,
    "because": LANGUAGES,
    "source": [HOSTILE],
    "references": ["hostile2020", "hostile2021"],
    "quotations": [{"words": HTML, "source": "hostile", "place": HOSTILE, "from_copy": True}],
    "asked_by": ["https://example.org/'onclick='alert(1)){:onclick=alert(1)}|`$x$"],
}
DOCKET = {
    "sources": {"hostile": {"title": HOSTILE, "author": HOSTILE, "url": "https://example.org/'onclick='alert(2))`"}},
    "chapters": {"own": LANGUAGES, "constructor": {"en": HOSTILE}, "losses": {"en": HOSTILE}},
    "claims": [
        {"id": "constructor", "chapter": "own", **TEXTS, **TEST},
        {
            "id": "english-only",
            "chapter": "constructor",
            "statement": {"en": HOSTILE},
            "because": {"en": HOSTILE},
            **TEST,
        },
        {"id": "numbers", "chapter": "losses", "statement": {"en": HOSTILE}, **ERRORS},
        {"id": "untested", "chapter": "losses", "kind": "not_testable", **TEXTS},
    ],
    "references": {
        "hostile2020": {
            "text": HOSTILE,
            "doi": "10.1000/'onclick='alert(1)){:onclick=alert(1)}`[x](javascript:alert(1))",
        },
        "hostile2021": {"text": HOSTILE, "url": "https://example.org/'onclick='alert(1)){:onclick=alert(1)}|`$x$"},
    },
}
ANSWERS = {"answers": {"constructor": [{"en": f"{HTML} {MARKDOWN} en", "ko": f"{HTML} {MARKDOWN} ko"}]}}


def study_file(project: Path) -> Path:
    """Return the hostile study of a project. It is in another folder, whose name must not be in results."""
    return project.parent / PRIVATE / STUDY_FILE


def make_project(folder: Path) -> None:
    """Run the hostile study in a copy of the project, "project" in a folder."""
    project = copy_project(folder / "project")
    study = study_file(project)
    study.parent.mkdir(parents=True)
    rows = [[CLASSES[i % 2], HOSTILE if i % 3 else "", HOSTILE, i % 7] for i in range(80)]
    pd.DataFrame(rows, columns=COLUMNS).assign(**{COLUMNS[1]: [CLASSES[i % 3 == 0] for i in range(80)]}).to_csv(
        study.parent / STUDY["datasets"]["hostile-data"]["csv"], index=False
    )
    answers = f"{STUDY['docket'].removesuffix('.yaml')}.answers.yaml"
    for name, content in {study.name: STUDY, STUDY["docket"]: DOCKET, answers: ANSWERS}.items():
        (study.parent / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    run = snakemake(project, study=study)
    assert run.returncode == 0, run.stderr[-8000:]


class Scanner(HTMLParser):
    """A parser that collects elements, attributes with code, and scripts made from hostile text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.findings: list[str] = []
        self.element = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.element = tag
        code = [f"{name}={value}" for name, value in attributes if name.startswith("on") and "alert" in (value or "")]
        code += [f"{name}={value}" for name, value in attributes if re.match(r"\s*javascript:alert", value or "", re.I)]
        if tag == TAG or code:
            self.findings.append(f"<{tag} {' '.join(code)}>")

    def handle_endtag(self, tag: str) -> None:
        self.element = ""

    def handle_data(self, data: str) -> None:
        if self.element == "script" and re.match(r"\s*alert\(1\)", data):
            self.findings.append(f"<script>{data}")


def scan(html: str) -> list[str]:
    """Return the markup and scripts in HTML that come from hostile text."""
    scanner = Scanner()
    scanner.feed(html)
    scanner.close()
    return scanner.findings


def scan_site(site: Path) -> Iterator[str]:
    """Yield the markup and scripts in a site's pages, figures and search indices that come from hostile text."""
    for path in sorted(site.rglob("*")):
        if path.suffix in (".html", ".svg"):
            texts = [path.read_text(encoding="utf-8")]
        elif path.name == "search_index.json":  # the search shows its titles and texts as HTML
            documents = json.loads(path.read_text(encoding="utf-8"))["docs"]
            texts = [document[key] for document in documents for key in ("title", "text", "location")]
        else:
            continue
        for text in texts:
            yield from (f"{path.relative_to(site)}: {finding}" for finding in scan(text))
