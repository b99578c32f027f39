"""Assemble the files that all languages share: figures, explorer, verdicts, data, schemas and root pages."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ontrial.data.files import BY_ENGINE, Shipped
from ontrial.judge import published
from ontrial.judge.docket import require_written
from ontrial.judge.result_files import read_verdicts
from ontrial.report.site import build as site
from ontrial.report.site.llms import llms
from ontrial.report.summaries import tried
from ontrial.storage import files, options, yaml_files
from ontrial.storage.options import Input
from ontrial.study import editors, study_files


def assemble(
    templates: list[Input],
    themes: list[Input],
    names: list[str],
    address: str | None,
    figures: list[Input],
    explorer: list[Input],
    docket: Input | None,
    verdicts: Input | None,
    design: Input | None,
    atlas: Input | None,
    folder: str,
) -> None:
    """Copy figures, the explorer and verdicts, and write data, schemas and what is at the root.

    templates: HTML templates of the pages at the root.
    themes: MkDocs configuration of each language (.yml), named after it.
    names: Name of each language in that language, such as en=English.
    address: Public address of the whole site, if it is known.
    figures: Folders of figures.
    explorer: Files of the explorer.
    docket: The claims (docket.json), if the study tests any.
    verdicts: The verdicts (.json), if there are any.
    design: The design of the published atlas (.json), if there is one.
    atlas: The verdicts of the published atlas (.json), if there are any.
    folder: Folder of the site.
    """
    texts = {Path(template).name: files.read_text(template) for template in templates}
    drawn = [
        path for source in figures for kind in ("svg", "png", "csv", "js") for path in Path(source).glob(f"*.{kind}")
    ]
    shared = {"figures": drawn, "explorer": map(Path, explorer)}
    site.assemble(Path(folder), shared, site.root(texts, site.names_of(names)))
    with files.atomic_folder(Path(folder, "verdicts")) as judged:
        for path, name in ((verdicts, "verdicts.json"), (atlas, "atlas.json")):
            if path:
                shutil.copyfile(path, judged / name)
        homes = [Path(folder, language) for language in site.names_of(names)]
        claims = _claims_of(_read_docket(docket), (verdicts,), homes, address) if docket else []
        claims += _claims_of(_read_design(design), (atlas,), homes, address) if design else []
        if claims:
            content = {"version": tried.VERSION, "claims": claims}
            files.write_text(judged / "claims.json", json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    with files.atomic_folder(Path(folder, "schemas")) as schemas:
        for name, text in editors.json_schemas().items():
            files.write_text(schemas / name, text)
    with files.atomic_folder(Path(folder, "data")) as data_folder:
        for name, file in BY_ENGINE.items():
            files.write_text(data_folder / f"{name}.js", data_script(name, file))
    menus = {Path(theme).stem: yaml_files.read_yaml(theme) for theme in themes}
    files.write_text(Path(folder, "llms.txt"), llms(Path(folder), menus, address or ""))


def _read_docket(path: str) -> Any:
    """Return the content of docket.json, without the code of the study's own metrics."""
    content = study_files.read_result(path, "docket.json")
    require_written(content, path)
    return content


def _read_design(path: str) -> Any:
    docket = published.read_record(path)["docket"]
    require_written(docket, path)
    return docket


def _claims_of(
    docket: Any, verdicts: Iterable[str | None], homes: Iterable[Path], address: str | None
) -> list[dict[str, Any]]:
    """Return the items of claims.json for the claims of a docket.

    verdicts: Files of the verdicts on them.
    homes: Folder of each language in the site.
    address: Public address of the site, if it is known.
    """

    def pages_of(page: str) -> dict[str, str]:
        there = [home.name for home in homes if (home / page.partition("#")[0]).exists()]
        return {language: f"{address or '..'}/{language}/{page}" for language in there}

    return tried.tried_claims(docket, [read_verdicts(path) for path in verdicts if path], pages_of)


def data_script(name: str, file: Shipped) -> str:
    """Return JavaScript that gives a file of the package, gzipped and in base64, to the engine of the page.

    Pages opened from a folder can load a script, but no other file.
    """
    return f';((globalThis.engine ??= {{}}).files ??= {{}}).{name} = "{file.packed()}"\n'


if __name__ == "__main__":
    options.run(assemble)
