"""Pages that nobody writes by hand: glossary, settings, references, and the evidence on each claim."""

from collections.abc import Iterator, Mapping
from typing import Any

from ontrial.report.pages import (  # noqa: F401  most for the functions that pages may call
    benchmark,
    evidence,
    explorer,
    film,
    numbers,
    other_studies,
    pictures,
    robustness,
    scaling,
    tables,
    verdicts,
)
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Sources
from ontrial.report.site.templates import render
from ontrial.report.wording import formatting

ORDER = "evidence/.order"  # the evidence pages in the order of the docket, for the navigation


def pages(sources: Sources) -> dict[str, str]:
    """Path → text of every page of a language, written by hand or generated."""
    made = {
        path: render(written, f"docs/{sources.language}/{path}", Page(sources, path).names)
        for path, written in sources.pages.items()
    }
    generated = {
        "glossary.md": {"glossary": glossary(sources)},
        "settings.md": {"sections": sections(sources)},
        "references.md": {"references": references(sources)},
    }
    made |= {name: filled(Page(sources, name), name, **more) for name, more in generated.items()}
    if sources.results.verdicts:
        made |= trials(sources)
    return made


def filled(page: Page, template: str, **more: Any) -> str:
    """Text of a page that is made from a template of its language."""
    where = f"docs/templates/{page.language}/{template}"
    return render(page.sources.templates[template], where, page.names | more)


def glossary(sources: Sources) -> list[dict[str, Any]]:
    """Entries of the glossary in this language, in its alphabet; `others` holds the term in the other languages."""
    language = sources.language
    entries = [
        {
            "id": entry["id"],
            "term": formatting.plain(entry["term"][language]),
            "others": {other: formatting.plain(term) for other, term in entry["term"].items() if other != language},
            "definition": formatting.plain(entry["definition"][language]),
        }
        for entry in sources.glossary
    ]
    return sorted(entries, key=lambda entry: entry["term"].casefold())


def sections(sources: Sources) -> list[dict[str, Any]]:
    """The file and an experiment, as the schema of configurations describes them, each with its keys."""
    experiment = sources.schema["$defs"]["experiment"]
    return [
        {"id": part, "description": told(sources, part, "description", found), "keys": list(keys(sources, found))}
        for part, found in (("file", sources.schema), ("experiment", experiment))
    ]


def keys(sources: Sources, found: Mapping[str, Any], inside: str = "") -> Iterator[dict[str, Any]]:
    """Keys of an object of the schema, and of objects in it with a dot between: budget.epochs. Two levels, no more."""
    defined = sources.schema["$defs"]
    for name, described in found.get("properties", {}).items():
        base = defined[described["$ref"].removeprefix("#/$defs/")] if "$ref" in described else {}
        whole = base | described
        yield {
            "name": inside + name,
            "required": name in found.get("required", []),
            "description": told(sources, inside + name, "description", whole),
            "allowed": told(sources, inside + name, "title", whole),
        }
        if not inside:
            yield from keys(sources, whole, f"{name}.")


def told(sources: Sources, name: str, part: str, described: Mapping[str, str]) -> str:
    """Title or description of a key, in the language of the page; the English of the schema stands in for it."""
    if sources.language == "en":
        return formatting.plain(described[part])
    translated = sources.settings.get(name, {}).get(part)
    return formatting.plain(translated) if translated else html("in_english", text=described[part])


def references(sources: Sources) -> list[dict[str, str]]:
    """Works cited, in the order of their short names."""
    return [evidence.reference(name, cited) for name, cited in sorted(sources.references.items())]


def trials(sources: Sources) -> dict[str, str]:
    """A page on each claim that has a verdict, their overview, and the order of all."""
    tried = [id for id in sources.results.claims if id in sources.results.verdicts]
    made = {"evidence/index.md": filled(Page(sources, "evidence/index.md"), "evidence.md")}
    for id in tried:
        page = Page(sources, f"evidence/{id}.md")
        made[page.path] = filled(page, "claim.md", **evidence.facts(page, id))
    made[ORDER] = "\n".join(path for path in made) + "\n"
    return made
