"""Assemble the files that all languages share: figures, films, explorer, verdicts, data, schemas and root pages."""

import base64
import gzip
import shutil
from pathlib import Path

from ontrial.data.files import OPTDIGITS, TITANIC, Shipped
from ontrial.report.site import build as site
from ontrial.storage import files, options
from ontrial.storage.options import Input
from ontrial.study import editors


def assemble(
    templates: list[Input],
    names: list[str],
    figures: list[str],
    explorer: list[Input],
    verdicts: Input | None,
    timed: Input | None,
    atlas: Input | None,
    folder: str,
) -> None:
    """Copy figures, films, the explorer and verdicts, and write data sets, schemas and the pages at the root.

    templates: HTML templates of the pages at the root.
    names: Name of each language in that language, such as en=English.
    figures: Folders of figures and films.
    explorer: Files of the explorer.
    verdicts: The measured verdicts (.json), if there are any.
    timed: The timed verdicts (.json), if there are any.
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
        for path, name in ((verdicts, "verdicts.json"), (timed, "timed-verdicts.json"), (atlas, "atlas.json")):
            if path:
                shutil.copyfile(path, judged / name)
    with files.atomic_folder(Path(folder, "schemas")) as schemas:
        for name, text in editors.json_schemas().items():
            files.write_text(schemas / name, text)
    with files.atomic_folder(Path(folder, "data")) as data_folder:
        for file in (OPTDIGITS, TITANIC):
            name = file.name.partition(".")[0]
            files.write_text(data_folder / f"{name}.js", data_script(name, file))


def data_script(name: str, file: Shipped) -> str:
    """Return JavaScript that gives a file of the package, gzipped and in base64, to the engine of the page.

    Pages opened from a folder can load a script, but no other file.
    """
    content = file.read()
    compressed = content if file.name.endswith(".gz") else gzip.compress(content, mtime=0)
    return f';((globalThis.engine ??= {{}}).files ??= {{}}).{name} = "{base64.b64encode(compressed).decode()}"\n'


if __name__ == "__main__":
    options.run(assemble)
