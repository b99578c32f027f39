"""Write the Markdown pages of one language from tables, verdicts, figures and docs."""

from pathlib import Path
from typing import Unpack

import pandas as pd

from ontrial.report.figures.formats import FILM
from ontrial.report.pages import assemble_pages
from ontrial.report.pages.sources import Published, Sources
from ontrial.report.site.docs import markdown, read_yaml
from ontrial.storage import files, findings
from ontrial.storage.files import atomic_folder, read_json
from ontrial.storage.inputs import read_verdicts
from ontrial.storage.published import read_table
from ontrial.study import films
from ontrial.study.schema_files import load_schema


def write(
    published: list[str],
    elsewhere: list[str],
    accuracies: list[str],
    provenance: str,
    points: str,
    sizes: list[str],
    failed: list[str],
    film_file: str,
    film_tables: list[str],
    docs: str,
    language: str,
    folder: str,
    **paths: Unpack[findings.Paths],
) -> None:
    """Write all pages of a language, with numbers filled in."""
    results, docket = findings.read(**paths)
    sources = Sources(
        language=language,
        results=results,
        pages=markdown(Path(docs, language)),
        templates=markdown(Path(docs, "templates", language)),
        captions=read_yaml(Path(docs, language, "figures.yaml")),
        words=read_yaml(Path(docs, "words.yaml")),
        phrases=read_yaml(Path(docs, "phrases.yaml")),
        glossary=read_yaml(Path(docs, "glossary.yaml")),
        schema=load_schema("config"),
        docket_schema=load_schema("claims"),
        settings={} if language == "en" else read_yaml(Path(docs, language, "settings.yaml")),
        references=docket.references,
        chapters=docket.chapters,
        from_notes=docket.from_notes,
        provenance=read_json(provenance),
        published={claim["id"]: claim["hash"] for path in published for claim in read_verdicts(path)["claims"]},
        other_studies=published_studies(elsewhere, accuracies),
        literature=read_yaml(Path(docs, "literature.yaml")),
        sizes={file: tuple(size) for path in sizes for file, size in read_json(path).items()},
        failed_figures={name: error for path in failed for name, error in read_json(path).items()},
        films=films.read(film_file),
        film_tables={Path(table).stem.removeprefix(FILM): pd.read_csv(table) for table in film_tables},
        points=pd.read_csv(points, dtype={"hidden": str}, keep_default_na=False, na_values=[""]),  # 16, none
        differing=read_yaml(Path(docs, "differing.yaml")),
    )
    with atomic_folder(Path(folder)) as new:
        for path, text in assemble_pages.build_pages(sources).items():
            files.write_text(new / path, text)


def published_studies(verdicts: list[str], accuracies: list[str]) -> dict[str, Published]:
    """Return published results by study, from files <study>/verdicts.json and <study>/tables/tuned.csv."""
    tuned = {Path(path).parents[1].name: read_table(path) for path in accuracies}
    judged = {Path(path).parent.name: read_verdicts(path)["claims"] for path in verdicts}
    return {
        study: Published({claim["id"]: claim for claim in claims}, tuned.get(study)) for study, claims in judged.items()
    }


if __name__ == "__main__":
    parser = findings.argument_parser(__doc__)
    parser.add_argument("--published", nargs="*", default=[], help="published verdicts to compare with (.json)")
    parser.add_argument("--elsewhere", nargs="*", default=[], help="published verdicts of other studies (.json)")
    parser.add_argument("--accuracies", nargs="*", default=[], help="published accuracies of other studies (.csv)")
    parser.add_argument("--provenance", required=True, help="provenance.json")
    parser.add_argument("--points", required=True, help="the points of the explorer (.csv)")
    parser.add_argument("--sizes", nargs="+", required=True, help="the width and height of each figure (.json)")
    parser.add_argument("--failed", nargs="*", default=[], help="the errors of figures that were not drawn (.json)")
    parser.add_argument("--films", dest="film_file", required=True, help="the list of films (.yaml)")
    parser.add_argument("--film-tables", nargs="+", required=True, help="tables of the films (.csv)")
    parser.add_argument("--docs", required=True, help="the folder of the docs of all languages")
    parser.add_argument("--language", required=True, help="en or ko")
    parser.add_argument("--folder", required=True, help="the folder to write, which is replaced")
    files.run(write, parser)
