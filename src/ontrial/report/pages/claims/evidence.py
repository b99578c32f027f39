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
from ontrial.report.summaries.evidence import has_plain_rate, rows_of
from ontrial.report.wording import formatting, labels, outcomes
from ontrial.report.wording.quantities import Quantity
from ontrial.study.cell import SETTINGS
from ontrial.study.study import Experiment
from ontrial_judge.core.verdicts import Context, Kind, Verdict

THREAD = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)/(?:issues|pull|discussions)/(\d+)", re.ASCII)

AUTHORS = re.compile(r"(?:\w\.[-\s]?)+((?:(?:van|de|der|von|le|Le)\s)*[^\s,.]+)(, | and | et |\.)")  # the first one
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
MOST_LISTED = 12  # settings in the table of a page; of more, it has those of the picture


def shared_rate_counts(page: Page) -> rate_owners.SharedRates:
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
    def question(self) -> str:
        """The question that the claim answers."""
        return lookup.question(self.page, self.id)

    @property
    def title(self) -> str:
        """The question, for the title of the page."""
        return yaml_text(self.question)

    @property
    def headline(self) -> str:
        """The question with the verdict, for previews of links."""
        return yaml_text(self.page.say["topic and answer"].format(self.question, self.word))

    @property
    def description(self) -> str:
        """The statement and the answer, for previews of links."""
        return yaml_text(self.page.say["claim and answer"].format(self.statement, self.answer))

    @property
    def taught(self) -> list[Markdown]:
        """The sentences as they are taught, each with its source and what it depends on."""
        say, claim = self.page.say, self.entry
        texts = claim.source if self.page.language == "ko" or not claim.translation else claim.translation
        sentences = Markdown(" ").join(sentence.replace("**", "") for sentence in texts)  # bold in the notes
        notes = [say["taught in notes"].format(sentences)] if texts and self.from_notes else []
        notes += [say["taught"].format(sentences)] if texts and not self.from_notes else []
        return [*notes, *(_quotation(self.page, entry) for entry in claim.quotations)]

    @property
    def badge(self) -> str:
        """The badge of the verdict."""
        return verdicts.verdict_badge(self.page, self.verdict, with_margin=False)

    @property
    def word(self) -> str:
        """The verdict as a word."""
        return verdicts.word_of(self.page, self.verdict, with_margin=False)

    @property
    def answer(self) -> str:
        """The answer in one or two sentences; the reason for a verdict without one."""
        return sentences.answer(self.page, self.id) or self.because

    @property
    def advice(self) -> str:
        """What a reader should do, in one sentence."""
        return sentences.advice(self.page, self.verdict)

    @property
    def tries(self) -> list[str]:
        """Sentences that link to the claim that this one tries again, and to those that try it again."""
        return [*filter(None, [self._tries_again, *self._tried_again])]

    @property
    def _tries_again(self) -> str:
        if not (older := self.entry.replaces):
            return ""
        return self.page.say["tries again"].format(verdicts.link_elsewhere(self.page, older))

    @property
    def _tried_again(self) -> list[str]:
        newer = lookup.replacing(self.page, self.id)
        return [self.page.say["tried again"].format(verdicts.link_elsewhere(self.page, id)) for id in newer]

    # Picture

    @property
    def picture(self) -> str:
        """The picture of the effects in a few settings; "" for a claim by construction."""
        if not self.entry.estimand:
            return ""
        say, shown, n = self.page.say, rows_of(self.verdict), len(self.verdict.contexts)
        title = say["picture title"].format(metric=self.metric, comparison=self.comparison)
        caption = say[f"picture {self.estimand.claimed}"].format(self.margin)
        if len(shown) < n:
            plain = [i for i, context in enumerate(self.verdict.contexts) if has_plain_rate(context)]
            term = "picture at plain rates" if shown == plain else "picture of some"
            caption += " " + say[term].format(k=len(shown), n=n)
        return pictures.figure(self.page, EVIDENCE + self.id, title[:1].upper() + title[1:], caption)

    # Test

    @property
    def comparison(self) -> str:
        """The sentence that says how the arms give one number per seed."""
        say, estimand, form = self.page.say, self.estimand, self.estimand.form
        parts = [self._arm(side) for side in estimand.sides.values() if side != 0 or self.in_factors]
        if estimand.along:
            form = "slope" if len(parts) == 1 else "slope of difference"
            axis = labels.axis(estimand.along, self.page.texts)
            return say[f"design {form}"].format(*parts, axis) if all(parts) else say["design change"].format(axis)
        if form in ("difference", "equality", "at_most"):
            form = "ratio" if self.in_factors else "difference"
        parts = [part or say["measured"] for part in parts]
        return say[f"design {form}"].format(*parts) if len(parts) > 1 else parts[0]

    def _arm(self, side: Mapping[str, Any] | float) -> str:
        """Return the settings of an arm in words, "" without any, or the number with which an arm is compared."""
        if not isinstance(side, Mapping):
            return Quantity.of(side, self.estimand.unit).as_margin(self.page.say)
        return labels.settings(side, self.page.texts, self.estimand)

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
            return _contexts_table(self.page, self.verdict, self._listed, self.estimand)
        return _readings_table(self.page, self.verdict)

    @cached_property
    def _listed(self) -> list[Context]:
        """The contexts in the table: all or, of many, those of the picture."""
        contexts = self.verdict.contexts
        return [contexts[i] for i in rows_of(self.verdict)] if len(contexts) > MOST_LISTED else [*contexts]

    # Notes below the table

    @property
    def notes(self) -> list[str]:
        """What there is to know to read the table, and where all settings are if it has only a few."""
        contexts, say, n = self._listed, self.page.say, len(self.verdict.contexts)
        address = f"{self.page.root}../figures/{EVIDENCE}{self.id}.csv"
        every = html("link", address=address, text=say["all settings"].format(n))
        is_on_edge = any(any(_limited_rates(self.page, each, self.estimand)) for each in contexts)
        is_off_grid = any(context.n == 0 for context in contexts)
        off_grid = "note no plateau" if estimates.is_rate_free(self.page, self.id) else "note off the grid"
        found = [
            say["note some settings"].format(k=len(contexts), all=every) if len(contexts) < n else None,
            failure(self.page, contexts, self.estimand),
            say["note on edge"] if is_on_edge else None,
            say["note value on edge"] if any(c.on_edge for context in contexts for c in context.choices) else None,
            say[off_grid] if is_off_grid else None,
            without_end(self.page, contexts, self.estimand),
            self._equivalence,
            say["note seconds"] if self.verdict.kind is Kind.TIMED else None,
        ]
        return [*filter(None, found)]

    @property
    def _equivalence(self) -> str | None:
        """The note on the narrower interval by which an effect is too small to matter; None if none is."""
        if not any(context.outcome in outcomes.SMALL for context in self._listed):
            return None
        level = outcomes.level_of(self.page.say, is_narrow=True)
        return self.page.say["note equivalence"].format(level=level, margin=self.margin)

    # Where it flips

    @cached_property
    def lasting(self) -> str:
        """Whether the answer was another one earlier in training."""
        return sensitivity.lasting(self.page, self.verdict)

    @cached_property
    def whose_rate(self) -> str:
        """In how many settings it matters whose learning rate is shared; "" if none is shared."""
        found = rate_owners.count([self.verdict])
        if not found.settings:
            return ""
        if found.opposite:
            return self.page.say["whose rate flips"].format(k=found.opposite, n=found.settings)
        return self.page.say["whose rate holds" if found.both == found.settings else "whose rate else"]

    # How it was tested

    @property
    def paragraphs(self) -> list[str]:
        """The quotations that stand between their sentences, as their authors wrote them."""
        return [*filter(None, (_in_paragraph(self.page, entry) for entry in self.entry.quotations))]

    @property
    def meaning(self) -> str:
        """What the verdict means for a claim of its kind, by the quantifier if it has one."""
        say, quantifier = self.page.say, self.estimand.quantifier
        if quantifier:
            return say[f"quantifier {quantifier}"]
        if verdicts.word_when_small(self.page, self.verdict):
            return say["meaning small"]
        return say[f"meaning {self.verdict.conclusion}"].format(say[f"as claimed {self.estimand.claimed}"])

    @property
    def sureness(self) -> list[str]:
        """What a sceptic asks: other smallest effects, other ways of judging, and other test samples."""
        found = [
            sensitivity.same_range(self.page, self.verdict) if self.verdict.is_measured else "",
            sensitivity.other_ways(self.page, self.verdict),
            sensitivity.other_samples(self.page, self.verdict),
        ]
        return [*filter(None, found)]

    @property
    def author_could_object(self) -> str:
        """What those whom the claim quotes could object to the test; "" if they would sign it."""
        text = lookup.translated(self.page, self.page.sources.objections.get(self.id, {}))
        return self.page.say["author could object"].format(text) if text else ""

    @property
    def pilots(self) -> list[str]:
        """What pilots changed in the test before it was fixed, and why."""
        changes = self.page.sources.pilots.get(self.id, ())
        texts = [[lookup.translated(self.page, each) for each in change] for change in changes]
        return [self.page.say["pilots changed"].format(old=old, new=new, why=why) for old, new, why in texts]

    @property
    def registered(self) -> str:
        """When the docket of a published study was fixed, with its commit; "" if that is not known, and for others."""
        origin = self.page.sources.provenance
        if self.has_runs or not origin.get("docket_commit"):
            return ""
        commit = code(origin["docket_commit"][:12])
        return self.page.say["registered"].format(date=origin["docket_date"], commit=commit)

    @property
    def reason(self) -> str:
        """The reason for the verdict."""
        return sentences.reason(self.page, self.id)

    @property
    def has_runs(self) -> bool:
        """Whether the runs behind the verdict are those of the study whose site it is."""
        return self.page.sources.site is None

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
    def asked_by(self) -> list[Markdown]:
        """Links to public threads in which people ask."""
        return [Markdown("[{}]({})").format(_thread_name(url), url) for url in self.entry.asked_by]

    @cached_property
    def because(self) -> str:
        """Why the test is as it is."""
        return lookup.translated(self.page, self.entry.because)

    @cached_property
    def design(self) -> str | None:
        """Table of what is the same in all settings; None for a claim that is not measured."""
        if not self.entry.estimand:
            return None
        say, texts, estimand = self.page.say, self.page.texts, self.estimand
        experiments = [self.page.results.study.experiments[name] for name in estimand.experiments]
        seeds = dict.fromkeys(_seeds_text(self.page, experiment) for experiment in experiments)
        rows = [
            ("metric", self.metric),
            ("" if estimand.threshold is None else estimand.measure.goal, self.threshold),
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

    @property
    def works(self) -> list[Markdown]:
        """Links to the works that the claim refers to."""
        cited, link = self.page.sources.docket.references, Markdown("[{}]({}references.md#{})").format
        return [link(short_reference(cited[name]["text"]), self.page.root, name) for name in self.entry.references]

    @property
    def objection(self) -> Markdown:
        """The link to a new issue and what it starts with: the claim, the study and the commit of its results."""
        texts, commit = self.page.texts, self.page.sources.provenance.get("commit")
        named = {"id": self.id, "study": self.page.results.study.name, "commit": commit or texts["provenance unknown"]}
        parts = {part: texts[f"objection {part}"].format(**named) for part in ("link", "title", "body")}
        return Markdown(json.dumps(parts, ensure_ascii=False))

    @cached_property
    def citation(self) -> str:
        """How to cite the verdict; "" if that is not possible."""
        return verdicts.citation(self.page, self.id)


def yaml_text(text: str) -> str:
    """Return a text without markup for the HTML of the theme, as a string of YAML."""
    return Markdown(json.dumps(escape(Markdown.escape(text).striptags()), ensure_ascii=False))


def _quotation(page: Page, entry: Mapping[str, Any]) -> Markdown:
    """Return a quotation with its author, title and place, and what it depends on."""
    source = page.sources.docket.sources[entry["source"]]
    place = Markdown("[{}]({})").format(entry["place"], entry.get("url", source["url"]))
    said = Markdown("{} <small>{}, *{}*, {}</small>").format(
        quoted_words(page, entry), source["author"], source["title"], place
    )
    notes = [outside(page, entry), _condition(page, entry), page.say["from copy"] if entry.get("from_copy") else ""]
    return Markdown(" ").join([said, *filter(None, notes)])


def _condition(page: Page, entry: Mapping[str, Any]) -> str:
    """Return what a sentence makes a condition, and whether the test has it; "" without one."""
    if not (condition := lookup.translated(page, entry.get("condition", {}))):
        return ""
    return page.say["condition tested" if entry["condition_tested"] else "condition not tested"].format(condition)


def _in_paragraph(page: Page, entry: Mapping[str, Any]) -> str:
    """Return a quotation between the sentences before and after it; "" without these."""
    around = [_sentence(page, entry, place) for place in ("before", "after")]
    if not any(around):
        return ""
    before, after = (text + " " if text else "… " for text in around)
    return page.say["in its paragraph"].format(Markdown("{}**{}** {}").format(before, entry["words"], after).strip())


def _sentence(page: Page, entry: Mapping[str, Any], place: str) -> str:
    """Return the sentence before or after a quotation, with its translation if the docket has one."""
    text, own = entry.get(place, ""), entry.get(f"{place}_{page.language}", "")
    return Markdown("{} ({})").format(text, own) if own else Markdown("{}").format(text) if text else ""


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
    """Return the number of confirmatory seeds in an experiment, at each look if there are several.

    Looks that this run did not take are named apart.
    """
    taken = page.results.study.looks_taken(experiment.name)
    first, *later = map(formatting.count, taken)
    text = page.say["design looks"].format(first=first, later=", ".join(later)) if later else first
    left = ", ".join(map(formatting.count, experiment.looks[len(taken) :]))
    return page.say["design looks left"].format(text, left) if left else text


def _contexts_table(page: Page, verdict: Verdict, contexts: Sequence[Context], estimand: Estimand) -> str:
    """Return a row for each of some contexts: settings, outcome, estimate with its interval, and seeds.

    Chosen values are included if a setting is tuned.
    """
    say = page.say
    names = [lookup.label(page, verdict.claim, context) for context in contexts]
    interval = say["interval of looks" if len(verdict.looks) > 1 else "interval 95"]
    columns = {
        say["setting"]: names,
        say["outcome"]: [verdicts.outcome_badge(page, verdict, context) for context in contexts],
        Markdown("{} ({})").format(say["estimate"], interval): [_estimate(page, context) for context in contexts],
        say[f"counted {estimand.counted}"]: [repetitions(page, context, estimand) for context in contexts],
    }
    if any(context.choices for context in contexts):
        columns[say["values chosen"]] = [_values_chosen(page, context) for context in contexts]
    if not any(names):
        del columns[say["setting"]]
    rows = list(zip(*columns.values(), strict=True))
    return html("box", name="contexts" if any(names) else "context", blocks=[markdown(list(columns), rows)])


def _estimate(page: Page, context: Context) -> str:
    """Return the estimate of a context with its interval, if it has any numbers."""
    estimate, ends = outcomes.estimate_and_interval(page.say, context)
    return Markdown("{} ({})").format(estimate, ends) if context.n else estimate


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
    text = formatting.count(context.n)
    if context.look > 1:
        text = page.say[f"n look {context.look}"].format(text)
    failed = () if context.counts_failures else context.failed  # which stand beside their difference
    for term, counts in (("n failed", failed), ("n zeros", context.zeros)):
        if any(counts):
            listed = "\N{NO-BREAK SPACE}/ ".join(map(formatting.count, counts))
            text = page.say[term].format(text, listed)
    return text


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


def short_reference(text: str) -> str:
    """Return the first author and the year of a cited work.

    >>> short_reference("D. R. Wilson, T. R. Martinez. The inefficiency of batch training. 2003.")
    'Wilson et al. 2003'
    """
    authors = AUTHORS.match(text)
    years = YEAR.findall(text)
    if not authors or not years:
        return text.partition(". ")[0].removesuffix(".")
    return f"{authors[1]}{'' if authors[2] == '.' else ' et al.'} {years[-1]}"


def reference(name: str, cited: Mapping[str, str]) -> dict[str, str]:
    """Return the text and link of a cited work. The link is "" without an address."""
    address = f"https://doi.org/{cited['doi']}" if "doi" in cited else cited.get("url", "")
    link_text = f"doi:{cited['doi']}" if "doi" in cited else address
    link = html("link", address=address, text=link_text) if address else ""
    return {"id": name, "text": cited["text"], "link": link}
