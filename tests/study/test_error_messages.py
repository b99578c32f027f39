"""The error message for each mistake in a configuration, or its first words."""

from dataclasses import replace

import pytest
import yaml
from support.examples import VALID
from support.messages import message_of

from ontrial import data
from ontrial.errors import InputError
from ontrial.study import configuration
from ontrial.study.schema_files import load_schema

NAME = "a name of lower-case letters, digits and hyphens that starts with a letter or digit (at most 60 characters)"
KEYS = ", ".join(sorted(load_schema("config")["$defs"]["experiment"]["properties"]))


def known(registry) -> str:
    """Return the names of a registry as error messages list them."""
    return ", ".join(sorted(registry))


NOT_TEXT = "It is text, not a number: write it without quotes."
REPEATED = "is already in this list. Remove one of the two."
SIZE = "is not a whole number of at least 1, or full."
RATE = "is not a number above 0 and at most 1,000,000."
BUDGET = "is not a mapping with either epochs or updates, such as {epochs: 20}."
ROLES = "is not a mapping with descriptive or confirmatory seeds."
LAST = "expected either the last seed, as in to: 120, or looks, as in looks: [20, 40, 80]."
SENTENCE = "a sentence on one line (at most 500 characters)"
MEAN = 'A weight mean of m/n_in may follow the name: "he_mean-8".'
CHECK = "Check this line and the one before it."

# The text to replace, its replacement, and how the message starts after "c.yaml:". G stands for experiments.grid.
EDITS = [
    # names
    ("[relu]", "[rellu]", '7: G.activation[0]: unknown activation "rellu". Did you mean "relu"? Known:'),
    ("[relu]", "relu", '7: G.activation: "relu" is not a list of one or more names of activations.'),
    ("[own]", "[xavier]", '8: G.initialisation[0]: unknown initialisation "xavier". Known:'),
    ("[softmax+mse]", '["softmax + mse"]', '9: G.objective[0]: write "softmax+mse" instead of "softmax + mse".'),
    ("    batch_size", "    momentum: [0.9]\n    batch_size", "10: G.momentum: no optimiser of this experiment uses"),
    ("[softmax+mse]", "[softmax+mse, sigmoid+mse]\n    label_smoothing: [0, 0.1]",
     "9: G.objective[1]: label smoothing needs a softmax output, and sigmoid+mse has another one. Move this "
     "objective to an experiment without label_smoothing."),
    ("[own]", "[he_mean-8.0]", '8: G.initialisation[0]: write "he_mean-8" instead of "he_mean-8.0".'),
    ("[own]", "[own, he]", '8: G.initialisation[1]: "he" and own mean the same here. Remove one of the two.'),
    ("softmax+mse", "identity+cross_entropy", '9: G.objective[0]: loss "cross_entropy" can\'t follow output'),
    ("softmax+mse", "mse", '9: G.objective[0]: "mse" is not an output and a loss joined by +, such as'),
    ("budget:", "probes: [groups]\n    budget:", "5: G.dataset[0]: the probe groups needs data with groups, and"),
    ("[softmax+mse]", "[identity+mse]\n    probes: [units, probabilities]", "10: G.probes[1]: no output of this"),
    ("study: mine", "study: My study", f'1: study: "My study" is not {NAME}.'),
    ("study: mine", "study: reference", '1: study: the name "reference" is reserved, because results/reference/ has'),
    ("grid:", "The Grid:", f'3: experiments."The Grid": "The Grid" is not {NAME}.'),
    # keys
    ("    budget:", "    lerning_rates: 1\n    budget:", '13: G.lerning_rates: unknown key "lerning_rates". Did you'),
    ("study:", "colour: red\nstudy:", '1: colour: unknown key "colour". Known: beside, book, claims, components,'),
    ("    hidden: [[32, 32]]\n", "", '3: G: the key "hidden" is missing: a list of one or more lists of widths, such'),
    ("study:", "claims: [relu-cheap]\nstudy:", "1: claims: there is no docket to choose claims from. Give the path"),
    ("study: mine\n", "", f'1: the key "study" is missing: {NAME}.'),
    ("    budget:", "    seeds: {}\n    budget:", "13: G.seeds: duplicate key, first given on line 12. Remove one of"),
    ("    budget:", "    [1]: 2\n    budget:", "13: G: a key must be text, not a list or a mapping."),
    # grids
    ("[1, 32]", "[]", "10: G.batch_size: [] is not a list of one or more batch sizes, such as [1, 16, full]."),
    ("[1, 32]", "[1, 1.0]", f"10: G.batch_size[1]: 1.0 {REPEATED}"),
    ("[1, 32]", "[1150, full]", "10: G.batch_size[0]: 1150 and full both mean all training samples of digits. Remove"),
    # numbers
    ("[1, 32]", "[0]", f"10: G.batch_size[0]: 0 {SIZE}"),
    ("[1, 32]", "['32']", f'10: G.batch_size[0]: "32" {SIZE} {NOT_TEXT}'),
    ("[1, 32]", "[1, 2048]", "10: G.batch_size[1]: 2048 is more than the 1150 training samples of digits. Write full"),
    ("[0.1]", "[0]", f"11: G.learning_rates[0]: 0 {RATE}"),
    ("[0.1]", "[.nan]", f"11: G.learning_rates[0]: NaN {RATE}"),
    ("[0.1]", "['1e-3']", f'11: G.learning_rates[0]: "1e-3" {RATE} {NOT_TEXT}'),
    ("[0.1]", "0.1", "11: G.learning_rates: 0.1 is not a list of one or more numbers, or powers_of_two with from and"),
    ("[0.1]", "{powers_of_two: {from: 2, to: -3}}", "11: G.learning_rates.powers_of_two: the range from 2 to -3 is"),
    ("[[32, 32]]", "[[0]]", "6: G.hidden[0][0]: 0 is not a whole number from 1 to 4,096."),
    ("[[32, 32]]", "[32]", "6: G.hidden[0]: 32 is not a list of at most 40 widths, such as [32, 32], or [] for no"),
    ("budget:", "probes: [units]\n    members: [1, 5]\n    budget:", "13: G.probes[0]: the probe units looks into a"),
    ("budget:", "probes: [labels]\n    budget:", "13: G.probes[0]: the probe labels tells apart which training"),
    ("[[32, 32]]", "[[8], []]\n    dropout: [0, 0.5]", "6: G.hidden[1]: [] has no hidden units to drop. Move it to"),
    ("budget:", "checkpoint: [best]\n    budget:", "13: G.checkpoint: this key is for claims, which judge the same"),
    ("budget:", "l2: 0.1\n    budget:", '13: G.l2: this key is now called "weight_decay", and takes a list.'),
    ("budget:", "training_samples: [4000]\n    budget:", "13: G.training_samples[0]: 4000 is more than the 3323"),
    ("budget:", "training_samples: [1150, standard]\n    budget:", "13: G.training_samples[0]: 1150 and standard"),
    ("dataset: [digits]", "dataset: [xor]\n    training_samples: [standard, all]",
     "6: G.training_samples[0]: standard and all both mean all training samples of xor. Remove one of the two."),
    ("budget:", "record: {per_doubling: 2, first: 800000}\n    budget:",
     "13: G.record.first: the first record, after 800,000 updates, is not before the end of training: the shortest "
     "has 720 updates. Use a smaller number, or train longer."),
    # seeds
    ("from: 1, to: 3", "from: 1, to: 3000", "12: G.seeds.descriptive: 3,000 seeds, more than the limit of 1,000."),
    ("descriptive: {from: 1, to: 3}", "", f"12: G.seeds: {{}} {ROLES}"),
    ("{descriptive: {from: 1, to: 3}}", "{descriptive: {from: 1, to: 3}, confirmatory: {from: 4, to: 9}}",
     "12: G.seeds: an experiment has either descriptive or confirmatory seeds. Remove one of the two."),
    ("descriptive: {", "tuning: {", "12: G.seeds.tuning: this key is no longer needed: each seed chooses its own"),
    ("descriptive: {from: 1, to: 3}", "confirmatory: {from: 1}", f"12: G.seeds.confirmatory: {LAST}"),
    ("descriptive: {from: 1, to: 3}", "confirmatory: {from: 1, looks: [40, 20]}",
     "12: G.seeds.confirmatory.looks: [40, 20] does not ascend: each look has all seeds of earlier ones."),
    # budget
    ("{epochs: 20}", "{epochs: 20, updates: 9}", f'13: G.budget: {{"epochs": 20, "updates": 9}} {BUDGET}'),
    # YAML
    ("{epochs: 20}", "{epochs: 20", "14:1: invalid YAML: while parsing a flow mapping, expected ',' or"),
    ("    budget", "\tbudget", "13:1: invalid YAML: while scanning for the next token, found character '\\t' that"),
    ("Try it out.", "Try it \x07out.", "4: the character U+0007 is not allowed."),
    ("{epochs: 20}", "&b {epochs: *b}", "13:25: invalid YAML: the alias *b is not allowed. Write out the value"),
    ("[relu]", "!!python/name:os.system [relu]",
     "7:17: invalid YAML: the tag tag:yaml.org,2002:python/name:os.system is not allowed. Remove it."),
    ("study: mine", "study: mine\n---\na: 1",
     "2:1: invalid YAML: expected a single document in the stream, but found another document. " + CHECK),
    ("Try it out.", '"one line\\nand another"', f'4: G.purpose: "one line\\nand another" is not {SENTENCE}, or one'),
    ("Try it out.", '{en: "a\\nb"}', f'4: G.purpose.en: "a\\nb" is not {SENTENCE}.'),
    ("Try it out.", "{ko: 시험한다.}", f'4: G.purpose: the key "en" is missing: {SENTENCE}.'),
]  # fmt: skip

# Whole files, and the message after "c.yaml:".
NOTHING = " the file is empty. The project's own files in config/ are examples."
BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
TEXTS = [
    *((text, NOTHING) for text in ("", "\n", "# nothing\n")),
    ("[1]", "1: [1] is not a mapping with the keys study and experiments."),
    ("relu", '1: "relu" is not a mapping with the keys study and experiments.'),
    ("null", "1: null is not a mapping with the keys study and experiments."),
    (BOMB, "2:8: invalid YAML: the alias *a is not allowed. Write out the value instead."),
    (VALID.replace("[[32, 32]]", str([[n] for n in range(1, 2001)])).replace("[1, 32]", str([*range(1, 101)])),
     "2: experiments: 200,000 cells, more than the limit of 100,000. Shorten some lists other than learning_rates."),
]  # fmt: skip


def mistake(text: str) -> str:
    return message_of(configuration.parse, text, "c.yaml")


@pytest.mark.parametrize(("old", "new", "message"), EDITS, ids=lambda value: None)
def test_a_mistake_is_reported_with_its_line(old, new, message):
    assert VALID.count(old) == 1, old
    assert mistake(VALID.replace(old, new)).startswith("c.yaml:" + message.replace(": G", ": experiments.grid", 1))


@pytest.mark.parametrize(("text", "message"), TEXTS, ids=range(len(TEXTS)))
def test_a_file_that_is_no_study_is_an_error(text, message):
    assert mistake(text) == f"c.yaml:{message}"


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file():
    text = VALID.replace("[relu]", "[relo, tan]").replace("[1, 32]", "[0]").replace("study", "studdy")
    locations = [line.split(": ")[:2] for line in mistake(text).splitlines()]
    assert locations == [
        ["c.yaml:1", "studdy"],
        ["c.yaml:1", 'the key "study" is missing'],
        ["c.yaml:7", "experiments.grid.activation[0]"],
        ["c.yaml:7", "experiments.grid.activation[1]"],
        ["c.yaml:10", "experiments.grid.batch_size[0]"],
    ]


def test_long_lists_of_mistakes_and_long_values_are_shortened():
    lines = mistake(VALID.replace("[1, 32]", str([-1 - n for n in range(100)]))).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "c.yaml: and 80 more mistakes."
    assert len(mistake(VALID.replace("[relu]", f"[{'r' * 5000}]"))) < 300


@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 500 + "1" + "}" * 500, "- " * 200 + "1"])
def test_deep_nesting_is_an_error(text):
    with pytest.raises(InputError, match=r"^c\.yaml.*: nested too deeply: at most 10 levels are allowed\.$"):
        configuration.parse(text, "c.yaml")


class TestFile:
    def message(self, path) -> str:
        return message_of(configuration.read_study, path)

    def test_missing(self, tmp_path):
        (tmp_path / "mine.yaml").write_text(VALID)
        path = tmp_path / "mien.yaml"
        assert self.message(path) == (
            f"{path}: there is no such file. YAML files in that folder: {tmp_path / 'mine.yaml'}."
        )

    def test_missing_in_a_large_folder(self, tmp_path):
        for number in range(100):
            (tmp_path / f"study-{number}.yaml").write_text(VALID)
        message = self.message(tmp_path / "study-77.yml")
        assert str(tmp_path / "study-77.yaml") in message
        assert message.count("study-") == 11
        assert message.endswith(", and 90 more.")

    def test_not_utf_8(self, tmp_path):
        path = tmp_path / "c.yaml"
        path.write_bytes(VALID.replace("Try", "Größe").encode("latin-1"))
        assert self.message(path) == f"{path}:4: the text is not valid UTF-8. Save the file as UTF-8."

    def test_a_byte_order_mark_is_allowed(self, tmp_path):
        (tmp_path / "c.yaml").write_text(VALID, encoding="utf-8-sig")
        assert configuration.read_study(tmp_path / "c.yaml").name == "mine"


def test_a_damaged_data_file_is_reported_where_the_study_names_it(monkeypatch):
    digits = data.DATASETS["digits"]
    (file,) = digits.files
    monkeypatch.setitem(data.DATASETS, "digits", replace(digits, files=(replace(file, sha256="0" * 64),)))
    assert mistake(VALID) == (
        f"c.yaml:5: experiments.grid.dataset[0]: {file.path()}: the data file is damaged: its SHA-256 is "
        f"{file.sha256}, expected {'0' * 64}. Install ontrial again, or in a checkout: "
        "git checkout -- src/ontrial/data/optdigits.csv.gz"
    )


def test_a_damaged_data_file_does_not_affect_studies_without_it(monkeypatch):
    titanic = data.DATASETS["titanic"]
    (file,) = titanic.files
    monkeypatch.setitem(data.DATASETS, "titanic", replace(titanic, files=(replace(file, sha256="0" * 64),)))
    assert configuration.parse(VALID, "c.yaml").name == "mine"


class TestMapping:
    def message(self, mapping) -> str:
        return message_of(configuration.parse, mapping)

    def test_messages_have_no_lines(self):
        mapping = yaml.safe_load(VALID.replace("[0.1]", "[1e-3]"))  # text in YAML 1.1
        assert self.message(mapping) == (
            f'the configuration: experiments.grid.learning_rates[0]: "1e-3" {RATE} {NOT_TEXT}'
        )

    def test_keys_must_be_text(self):
        assert self.message({"experiments": {1: {}}}) == (
            "the configuration: experiments: a key must be text, not int."
        )

    def test_a_mapping_that_contains_itself(self):
        endless = {}
        endless["study"] = endless
        assert self.message(endless).endswith("study: nested too deeply: at most 10 levels are allowed.")

    def test_values_of_other_types(self):
        mapping = yaml.safe_load(VALID)
        mapping["experiments"]["grid"]["activation"] = {"relu"}
        assert self.message(mapping) == (
            "the configuration: experiments.grid.activation: "
            "\"{'relu'}\" is not a list of one or more names of activations."
        )
