"""The page of a claim. Tables are Markdown."""

import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from ontrial.judge import claims
from ontrial.judge.claim import Claim
from ontrial.judge.estimands import Estimand
from ontrial.judge.metrics import METRICS, OWN
from ontrial.judge.records import Context, Outcome, Verdict
from ontrial.judge.trials import standing
from ontrial.judge.units import TIMED, Unit, recorded
from ontrial.report.figures.formats import EVIDENCE
from ontrial.report.markdown import Markdown, code
from ontrial.report.pages import lookup, numbers, pictures, rules
from ontrial.report.pages.chapters import chapter_link, own_chapter
from ontrial.report.pages.claims import estimates, sensitivity, sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.summaries import rate_owners
from ontrial.report.wording import formatting, labels, outcomes
from ontrial.report.wording.quantities import Quantity
from ontrial.study.cell import SETTINGS
from ontrial.study.study import Experiment

THREAD = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)/(?:issues|pull|discussions)/(\d+)", re.ASCII)


def shared_rate_counts(page: Page) -> rate_owners.Counts:
    """Count the settings in which the owner of the rate decides."""
    return rate_owners.count(verdict for verdict in page.results.verdicts.values() if verdict.is_measured)


@dataclass(frozen=True)
class ClaimPage:
    """What pages say about a claim that has a verdict. Templates ask for what they show.

    page: Page of the claim, alone or with others.
    id: Id of the claim.
    """

    page: Page
    id: str

    @cached_property
    def entry(self) -> Claim:
        """The claim as the docket has it."""
        return lookup.claim_of(self.page, self.id)

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict of the study."""
        return lookup.verdict_on(self.page, self.id)

    @property
    def estimand(self) -> Estimand:
        """What a measured or timed claim estimates."""
        assert self.entry.estimand
        return self.entry.estimand

    @property
    def statement(self) -> str:
        """The statement on trial."""
        return lookup.statement(self.page, self.id)

    # Head and answer

    @property
    def short(self) -> str:
        """The claim in a few words, for the navigation."""
        return yaml_text(lookup.short_name(self.page, self.id))

    @property
    def title(self) -> str:
        """The topic and the headline, for the title of the page."""
        return yaml_text(sentences.titled(self.page, self.id))

    @property
    def description(self) -> str:
        """The statement and the answer, for previews of links."""
        answer = sentences.answer(self.page, self.id)
        return yaml_text(self.page.say["claim and answer"].format(self.statement, answer))

    @property
    def quoted(self) -> list[Markdown]:
        """The words of others that are on trial, unless the notes have the claim."""
        return [] if self.entry.source else [quoted_words(self.page, each) for each in self.entry.quotations]

    @property
    def outside(self) -> list[str]:
        """Conditions that authors name and the study does not have."""
        return [*filter(None, (outside(self.page, entry) for entry in self.entry.quotations))]

    @property
    def headline(self) -> str:
        """The short answer."""
        return sentences.headline(self.page, self.id)

    @cached_property
    def after_headline(self) -> str:
        """What the answer says besides its headline."""
        return sentences.after_headline(self.page, self.id)

    @cached_property
    def answer_in_full(self) -> str:
        """The generated answer, if the answer above is written by hand; else ""."""
        return sentences.answer_in_full(self.page, self.id)

    @property
    def badge(self) -> str:
        """The badge of the verdict."""
        return verdicts.verdict_badge(self.page, self.verdict)

    # Evidence

    @property
    def counted(self) -> str:
        """What the numbers of the claim are counted in: "rounds" or "seeds"."""
        return lookup.counted(self.page, self.id)

    @property
    def comparison(self) -> str:
        """The sentence that says how the arms give one number per seed."""
        parts, form = [self._arm(side) for side in self.estimand.sides.values()], self.estimand.form
        if self.estimand.along:
            form = "slope" if len(parts) == 1 else "slope of difference"
            parts.append(labels.axis(self.estimand.along, self.page.texts))
        if form in ("difference", "equality", "at_most"):
            form = "ratio" if self.in_factors else "difference"
        return self.page.say[f"design {form}"].format(*parts)

    def _arm(self, side: Mapping[str, Any] | float) -> str:
        """Return the settings of an arm in words, or the number with which an arm is compared."""
        if not isinstance(side, Mapping):
            return Quantity.of(side, self.estimand.unit).in_sentence(self.page.say)
        return labels.settings(side, self.page.texts, self.estimand) or _metric_text(self.page, self.estimand.metric)

    @property
    def in_factors(self) -> bool:
        """Whether pages show effects as factors, because they are binary logarithms."""
        return Unit.parse(self.estimand.unit).is_factor

    @property
    def margin(self) -> str:
        """The smallest effect that matters."""
        return Quantity.of(self.estimand.smallest_effect, self.estimand.unit).as_margin(self.page.say)

    @property
    def metric(self) -> str:
        """What is measured, and that it is of a checkpoint if the claim asks for one."""
        text = _metric_text(self.page, self.estimand.metric)
        return self.page.say["metric at checkpoint"].format(text) if "checkpoint" in self._asked else text

    @property
    def _asked(self) -> set[str]:
        """Settings that the claim itself names."""
        return {*self.estimand.axes, *self.estimand.where, *itertools.chain(*self.estimand.arms.values())}

    @property
    def threshold(self) -> str | None:
        """The accuracy or loss to reach, if there is one."""
        if (threshold := self.estimand.threshold) is None:
            return None
        is_accuracy = self.estimand.measure.goal == "accuracy"
        return numbers.percent(self.page, 100 * threshold) if is_accuracy else f"{threshold:g}"

    @cached_property
    def contexts(self) -> str | None:
        """Table of the contexts, or of the readings of a claim by construction if it has any."""
        if self.entry.estimand:
            return _contexts_table(self.page, self.verdict, self.estimand)
        return _readings_table(self.page, self.verdict)

    # Notes below the table

    @cached_property
    def failed(self) -> str | None:
        """What a failed run is, and how it counts."""
        return failure(self.page, self.verdict.contexts, self.estimand)

    @property
    def on_edge(self) -> bool:
        """Whether a rate in the table is at an end of its grid."""
        return any(any(_limited_rates(self.page, each, self.estimand)) for each in self.verdict.contexts)

    @property
    def value_on_edge(self) -> bool:
        """Whether a value in the table is at an end of its list."""
        return any(choice.on_edge for context in self.verdict.contexts for choice in context.choices)

    @property
    def off_grid(self) -> bool:
        """Whether a context has nothing to compare."""
        return any(context.n == 0 for context in self.verdict.contexts)

    @property
    def rate_free(self) -> bool:
        """Whether the metric needs no learning rate."""
        return estimates.is_rate_free(self.page, self.id)

    @cached_property
    def without_end(self) -> str | None:
        """A note on intervals without an end."""
        return without_end(self.page, self.verdict.contexts, self.estimand)

    @cached_property
    def never_arrive(self) -> list[str]:
        """Arms that reach the goal at no rate of their grid."""
        return sensitivity.never_arrive(self.page, self.verdict, self.estimand)

    @cached_property
    def typical(self) -> list[str]:
        """The effects for the typical seed where the table counts failures."""
        return sensitivity.typical(self.page, self.verdict)

    @cached_property
    def other_ways(self) -> sensitivity.OtherWays:
        """What other ways of judging say."""
        return sensitivity.other_ways(self.page, self.verdict)

    # Further questions

    @cached_property
    def lasting(self) -> str:
        """Whether the answer was another one earlier in training."""
        return sensitivity.lasting(self.page, self.verdict)

    @cached_property
    def shared_rates(self) -> rate_owners.Counts:
        """In how many settings it matters whose learning rate is shared."""
        return rate_owners.count([self.verdict])

    @cached_property
    def other_samples(self) -> sensitivity.OtherSamples | None:
        """The outcomes with intervals that allow for other test samples."""
        return sensitivity.other_samples(self.page, self.verdict)

    # Verdict and background

    @property
    def small(self) -> str | None:
        """The word for a refuted claim whose opposite is nowhere certain; None for others."""
        return verdicts.word_when_small(self.page, self.verdict)

    @property
    def reason(self) -> str:
        """The reason for the verdict."""
        return sentences.reason(self.page, self.id)

    @cached_property
    def same_range(self) -> str:
        """The smallest effects for which a verdict on a measured claim stays the same."""
        return sensitivity.same_range(self.page, self.verdict) if self.verdict.is_measured else ""

    @cached_property
    def undecided(self) -> list[str]:
        """A sentence for each undecided context: its settings, the finding, and what would settle it."""
        lines: list[str] = []
        for context in self.verdict.contexts:
            if context.outcome is not Outcome.UNDECIDED:
                continue
            finding = sentences.finding_of(self.page, self.verdict, context)
            name = lookup.label(self.page, self.id, context)
            parts = [Markdown("**{}**: {}").format(name, finding) if name else finding]
            if context.n:
                longer = sensitivity.longer_training(self.page, self.verdict, context)
                parts.append(longer or number_needed(self.page, self.id, context.seeds_needed))
            lines.append(Markdown("; ").join(parts))
        return lines

    @property
    def origin(self) -> str:
        """Where the claim comes from."""
        return self.page.fill("origin.md", {"claim": self})

    @property
    def sentences(self) -> list[str]:
        """The sentences of the docket's notes."""
        return [sentence.replace("**", "") for sentence in self.entry.source]  # bold in the notes

    @property
    def from_notes(self) -> bool:
        """Whether these notes are the study notes on the theory."""
        return self.page.sources.docket.from_notes and self.entry.chapter in self.page.sources.contents.chapters

    @property
    def chapter(self) -> str | None:
        """Link to the chapter, if it is a page of the site."""
        return chapter_link(self.page, self.entry.chapter)

    @property
    def own_chapter(self) -> str | None:
        """Name of a chapter that has no page."""
        return None if self.chapter else own_chapter(self.page, self.entry.chapter)

    @property
    def standing(self) -> str | None:
        """A note on whether the test differs from the published one; None if nothing is published."""
        published = self.page.sources.published
        return self.page.say[f"standing {standing(self.entry, published)}"] if published else None

    @property
    def quotations(self) -> list[str]:
        """What others say, and where."""
        return [_quotation(self.page, entry) for entry in self.entry.quotations]

    @property
    def asked_by(self) -> list[Markdown]:
        """Links to public threads in which people ask."""
        return [Markdown("[{}]({})").format(_thread_name(url), url) for url in self.entry.asked_by]

    @cached_property
    def because(self) -> str:
        """Why the test is as it is."""
        return lookup.translated(self.page, self.entry.because)

    @cached_property
    def design(self) -> str | None:
        """Table of arms, contexts, metric and smallest effect that matters; None for a claim that is not measured."""
        if not self.entry.estimand:
            return None
        say, texts, estimand = self.page.say, self.page.texts, self.estimand
        experiments = [self.page.results.study.experiments[name] for name in estimand.experiments]
        seeds = dict.fromkeys(_seeds_text(self.page, experiment) for experiment in experiments)
        rows = [
            ("metric", self.metric),
            ("" if estimand.threshold is None else estimand.measure.goal, self.threshold),
            (f"comparison {self.counted}", self.comparison),
            ("contexts", labels.settings(estimand.axes, texts, estimand)),
            ("where", labels.settings(estimand.where, texts, estimand)),
            ("networks", self._networks),
            ("training", _training_text(self.page, experiments)),
            ("smallest_effect", self.margin),
            ("experiments", Markdown(", ").join(map(code, estimand.experiments))),
            ("seeds", Markdown(", ").join(seeds)),
        ]
        return markdown((say["what"], say["value"]), [(say[f"design {name}"], text) for name, text in rows if text])

    @property
    def _networks(self) -> str:
        """The settings of the networks that are compared, except those that the claim itself names."""
        if self.estimand.metric in TIMED:
            return ""
        study, texts = self.page.results.study, self.page.texts
        contexts = claims.list_contexts(self.estimand)
        arms = [arm for context in contexts for arm in claims.list_arms(study, self.estimand, context)]
        cells = [option.cell for arm in arms for option in arm.options]
        listed = []
        for name, setting in SETTINGS.items():
            values = list(dict.fromkeys(cell.meaning(name) for cell in cells))
            unused = setting.sparse and values == [setting.default]
            if name not in self._asked and not unused and any(values):  # momentum and weight decay may be 0
                write = labels.choice if name == "hidden" else labels.value
                names = ", ".join(write(name, value, texts) for value in values)
                listed.append(f"{labels.axis(name, texts)} {names}")
        return "; ".join(listed)

    @cached_property
    def levels(self) -> tuple[str, str] | None:
        """The levels of intervals at the first look and later, if there are several looks."""
        looks, levels = len(self.verdict.looks), rules.Rules(self.page)
        return (levels.look_level(1, looks), levels.look_level(2, looks)) if looks > 1 else None

    @property
    def works(self) -> list[dict[str, str]]:
        """The works that the claim refers to."""
        return [reference(name, self.page.sources.docket.references[name]) for name in self.entry.references]

    @cached_property
    def citation(self) -> str:
        """How to cite the verdict; "" if that is not possible."""
        return verdicts.citation(self.page, self.id)


def found(page: Page, chapter: str, number: int = 3) -> str:
    """Return the most surprising verdicts on a chapter's claims, with the figure of the first; "" without a verdict."""
    ids = [id for id in verdicts.by_surprise(page) if lookup.claim_of(page, id).chapter == chapter][:number]
    if not ids:
        return ""
    links = [verdicts.evidence_link(page, id, lookup.statement(page, id)) for id in ids]
    line = Markdown("- “{}” {}").format
    lines = [line(link, sentences.answer(page, id)) for link, id in zip(links, ids, strict=True)]
    drawn = [pictures.figure(page, EVIDENCE + id) for id in ids if lookup.is_measured(page, id)][:1]
    return Markdown("\n\n").join([page.say["found heading"], Markdown("\n").join(lines), *drawn])


def yaml_text(text: str) -> str:
    """Return a text without markup for the HTML of the theme, as a string of YAML."""
    return Markdown(json.dumps(escape(Markdown.escape(text).striptags()), ensure_ascii=False))


def _quotation(page: Page, entry: Mapping[str, Any]) -> str:
    """Return a quotation with its author, its title, which links to other sentences of the work, and its place."""
    source = page.sources.docket.sources[entry["source"]]
    title = Markdown("*{}*").format(source["title"])
    if page.sources.of_atlas or page.sources.atlas:
        title = Markdown("[{}]({}atlas/{}.md)").format(title, page.root, entry["source"])
    place = Markdown("[{}]({})").format(entry["place"], entry.get("url", source["url"]))
    line = Markdown("{} — {}, {}, {}").format(quoted_words(page, entry), source["author"], title, place)
    return line + " " + page.say["from copy"] if entry.get("from_copy") else line


def quoted_words(page: Page, entry: Mapping[str, Any]) -> Markdown:
    """Return the words of a quotation, with their translation if the docket has one in the language of the page."""
    words = Markdown('<q lang="en">{}</q>').format(entry["words"])
    return words + Markdown(" ({})").format(entry[page.language]) if page.language in entry else words


def outside(page: Page, entry: Mapping[str, Any]) -> str:
    """Return the note on conditions that an author names and the study does not have; "" without any."""
    conditions = lookup.translated(page, entry.get("outside", {}))
    return page.say["outside because"].format(conditions) if conditions else ""


def _thread_name(url: str) -> str:
    """Return a name for a public thread.

    >>> _thread_name("https://github.com/owner/project/issues/7"), _thread_name("https://example.org/asked")
    ('owner/project #7', 'example.org/asked')
    """
    parts = THREAD.fullmatch(url)
    return f"{parts[1]} #{parts[2]}" if parts else url.removeprefix("https://")


def _training_text(page: Page, experiments: Iterable[Experiment]) -> str:
    """Return the length of training in each experiment: "20 epochs"."""
    lengths = {each.training.budget: getattr(each.training, each.training.budget) for each in experiments}
    texts = [page.say[f"effect {budget}"].format(formatting.count(n)) for budget, n in lengths.items() if n]
    return Markdown(", ").join(texts)


def _metric_text(page: Page, name: str) -> str:
    """Return the description of a metric. A study's own metric has its name and the first line of its docstring."""
    if own := OWN.get(name):
        return Markdown("{}: {}").format(code(name), lookup.translated(page, {"en": own.description}))
    return page.say.get(f"metric {name}", code(name))


def _seeds_text(page: Page, experiment: Experiment) -> str:
    """Return the number of confirmatory seeds in an experiment, at each look if there are several."""
    first, *later = map(formatting.count, experiment.looks)
    return page.say["design looks"].format(first=first, later=", ".join(later)) if later else first


def _contexts_table(page: Page, verdict: Verdict, estimand: Estimand) -> str:
    """Return a row per context: settings, outcome, estimate, interval, and seeds.

    Learning rates are included if a context has any, and the choices of seeds if a setting is tuned.
    """
    say, contexts = page.say, verdict.contexts
    with_rates = any(context.rates for context in contexts)
    with_choices = any(context.choices for context in contexts)
    names = [lookup.label(page, verdict.claim, context) for context in contexts]
    heads = [say["setting"]] if any(names) else []
    heads += [say["outcome"], Markdown("{} ({})").format(say["estimate"], say["interval 95"])]
    heads += [say["numbers n"]]
    heads += [say["learning rates used"]] if with_rates else []
    heads += [say["values chosen"]] if with_choices else []
    rows = []
    for name, context in zip(names, contexts, strict=True):
        estimate, interval = outcomes.estimate_and_interval(page.say, context)
        row = [name] if any(names) else []
        estimated = Markdown("{} ({})").format(estimate, interval) if context.n else estimate
        row += [verdicts.outcome_badge(page, verdict, context), estimated]
        row += [repetitions(page, context, estimand)]
        row += [rates_used(page, context, estimand)] if with_rates else []
        row += [_values_chosen(page, context)] if with_choices else []
        rows.append(row)
    return html("box", name="contexts" if any(names) else "context", blocks=[markdown(heads, rows)])


def failure(page: Page, contexts: Iterable[Context], estimand: Estimand) -> str | None:
    """Return a note on what a failed run is and how it counts; None without any."""
    if not any(any(context.failed) for context in contexts):
        return None
    failure = METRICS[recorded(estimand.metric)].failure
    limits = rules.Rules(page).failures
    text = page.say["failed"].format(points=limits.points, loss=limits.loss)
    return text + " " + page.say[f"failed {failure}"]


def without_end(page: Page, contexts: Sequence[Context], estimand: Estimand) -> str | None:
    """Return a note on intervals without an end, and on values of 0; None without any."""
    if any(context.zeros for context in contexts):
        return page.say["without end of zeros"]
    if not any(context.n and not context.effect.is_finite for context in contexts):
        return None
    return page.say["without end of times" if estimand.censored else "without end"]


def repetitions(page: Page, context: Context, estimand: Estimand) -> str:
    """Return the number of seeds of a context, or of rounds if no seed is involved.

    The text also has the look if it is not the first, and the numbers of failed runs and of zeros of each arm.
    """
    text = page.say[f"n {estimand.counted}"].format(formatting.count(context.n))
    if context.look > 1:
        text = page.say[f"n look {context.look}"].format(text)
    for term, counts in (("n failed", context.failed), ("n zeros", context.zeros)):
        if any(counts):
            listed = "\N{NO-BREAK SPACE}/ ".join(map(formatting.count, counts))
            text = page.say[term].format(text, listed)
    return text


def number_needed(page: Page, id: str, number: int | None) -> str:
    """Return the number of seeds or rounds that would settle a context, in two digits."""
    if number is None:
        return page.say["seeds needed unknown"]
    return page.say[f"{lookup.counted(page, id)} needed"].format(n=formatting.count(int(float(f"{number:.2g}"))))


def rates_used(page: Page, context: Context, estimand: Estimand) -> str:
    """Return the typical learning rates of a context's arms. A star marks a rate at an end of its grid."""
    rates = [formatting.NO_VALUE if rate is None else formatting.rate(rate) for rate in context.rates]
    marked = [
        rate + "*" * limited for rate, limited in zip(rates, _limited_rates(page, context, estimand), strict=True)
    ]
    return ", ".join(dict.fromkeys(marked))


def _limited_rates(page: Page, context: Context, estimand: Estimand) -> list[bool]:
    """Return whether each typical rate of a context is at an end of its grid, beyond which a better one may be."""
    if not context.on_edge or not context.rates or estimand.has_several:
        return [False] * len(context.rates)
    arms = claims.list_arms(page.results.study, estimand, dict(context.settings))
    grids = [arm.cell.learning_rates for arm in arms]
    return [rate in (min(grid), max(grid)) for rate, grid in zip(context.rates, grids, strict=True)]


def _values_chosen(page: Page, context: Context) -> str:
    """Return the most frequent value of each tuned setting of a context's arms. A star marks one at an end.

    In brackets is from how many combinations of values and learning rates the seeds of each arm chose.
    """
    chosen = [(choice, name, value) for choice in context.choices for name, value in choice.values.items()]
    texts = [labels.setting(name, value, page.texts) + "*" * (name in choice.on_edge) for choice, name, value in chosen]
    combinations = "\N{NO-BREAK SPACE}/ ".join(formatting.count(choice.combinations) for choice in context.choices)
    return f"{', '.join(dict.fromkeys(texts))} ({combinations})"


def _readings_table(page: Page, verdict: Verdict) -> str | None:
    """Return a row per reading of a claim by construction, and whether it holds; None without readings."""
    rows = [
        (labels.value("reading", reading.reading, page.texts), verdicts.outcome_badge(page, verdict, reading))
        for reading in verdict.readings
    ]
    return markdown((page.say["setting reading"], page.say["holds or fails"]), rows) if rows else None


def reference(name: str, cited: Mapping[str, str]) -> dict[str, str]:
    """Return the text and link of a cited work. The link is "" without an address."""
    address = f"https://doi.org/{cited['doi']}" if "doi" in cited else cited.get("url", "")
    link_text = f"doi:{cited['doi']}" if "doi" in cited else address
    link = html("link", address=address, text=link_text) if address else ""
    return {"id": name, "text": cited["text"], "link": link}
