"""Notebooks with the code of chapters: their cells, and that they run."""

import json
import subprocess
import sys

import nbformat
import pytest
from support.messages import message_of
from support.notebooks import BIN, needs_notebooks, variables
from support.pages import DOCS, build_pages, sources_of, tiny_results, with_docs

from ontrial.report.pages.page import Page
from ontrial_book import BOOK
from ontrial_book.teaching.pages_notebooks import notebook, notebook_link, notebooks, parts

LANGUAGES = ("en", "ko")
CHAPTER = """# Sums {#sums}

```sh
# not a heading
```

## Add {#add}

### Twice {#twice}

```python
import numpy as np

# Add up.
print(np.ones(2).sum())
```

```text
2.0
```

!!! note "Once more"
    ```python
    print("the same")
    ```

```python
from ontrial.nn import train
```

```python
from urllib.request import urlopen
```

## $z = 3$

```python
print(3)
```

[[ notebook_link() ]]
"""


def written(language):
    pages = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / language).glob("*.md")}
    return notebooks(with_docs(sources_of(tiny_results(), language), pages=pages))


def test_a_notebook_has_the_numpy_code_of_a_page_below_its_headings():
    cells = [(cell["cell_type"], cell["source"]) for cell in notebook(CHAPTER, "About *it*.")["cells"]]
    assert cells == [
        ("markdown", "# Sums\n\nAbout *it*."),
        ("markdown", "### Twice"),
        ("code", "import numpy as np\n\n# Add up.\nprint(np.ones(2).sum())"),
        ("markdown", "**Once more**"),
        ("code", 'print("the same")'),
        ("markdown", "## $z = 3$"),
        ("code", "print(3)"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_with_numpy_code_offers_a_notebook(language):
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (DOCS / language).glob("*.md")}
    with_code = {name for name, text in pages.items() if any(parts(text))}
    assert written(language).keys() == {f"notebooks/{name}.ipynb" for name in with_code}
    assert set(BOOK.chapters) <= with_code


@pytest.mark.parametrize("language", LANGUAGES)
def test_notebooks_are_valid_and_the_same_in_each_language(language):
    for path, text in written(language).items():
        content = nbformat.reads(text, as_version=4)
        nbformat.validate(content)
        assert all(not cell.outputs for cell in content.cells if cell.cell_type == "code")
        assert [cell.cell_type for cell in content.cells] == [
            cell["cell_type"] for cell in json.loads(written("en")[path])["cells"]
        ]


@pytest.mark.parametrize(("path", "text"), [pytest.param(*item, id=item[0]) for item in written("ko").items()])
def test_the_cells_of_a_notebook_run_in_order_without_the_package(path, text):
    cells = [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    program = "import sys; sys.modules['ontrial'] = None\n" + "\n".join(cells)
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.slow
@needs_notebooks
@pytest.mark.parametrize(("path", "text"), [*written("ko").items()][:1])
def test_a_notebook_runs_from_top_to_bottom_in_jupyter(path, text, tmp_path):
    file = tmp_path / "notebook.ipynb"
    file.write_text(text, encoding="utf-8")
    execute = [BIN / "jupyter", "execute", "--inplace", file]
    done = subprocess.run(execute, cwd=tmp_path, env=variables(tmp_path), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    cells = [cell for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == [*range(1, len(cells) + 1)]
    assert {output.output_type for cell in cells for output in cell.outputs} == {"stream"}


def test_a_page_links_to_its_notebook_if_it_has_code(results):
    sources = with_docs(sources_of(results), pages={"losses.md": CHAPTER})
    pages = build_pages(sources)
    assert '](notebooks/losses.ipynb){: download="losses.ipynb" }' in pages["losses.md"]
    assert json.loads(pages["notebooks/losses.ipynb"])["nbformat"] == 4
    sources = with_docs(sources_of(results), pages={"losses.md": "# Losses\n\n[[ notebook_link() ]]\n"})
    assert message_of(notebook_link, Page(sources, "losses.md")) == "this page has no NumPy code for a notebook."
