"""The plan of a run: which cells it trains, which files it reads and writes, and what it says before it starts."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ontrial import data
from ontrial.data.files import FASHION_MNIST, MNIST
from ontrial.errors import DamagedError, InputError, legible_lines, unknown
from ontrial.storage import files, project, versions
from ontrial.study import command_line, components, estimate, own_code, study_files
from ontrial.study.cell import Cell
from ontrial.study.components import ComponentsFile
from ontrial.study.study import Study

FETCHED = tuple(str(file.path()) for file in (*MNIST, *FASHION_MNIST))  # paths of files that are downloaded


@dataclass(frozen=True)
class Plan:
    """What a run of a study trains, and the files that it needs.

    study: The study.
    components_file: The study's own parts of networks, if it has some.
    """

    study: Study
    components_file: ComponentsFile | None = None

    @classmethod
    def read(cls, study: Study) -> "Plan":
        """Return the plan of a study. This runs the study's own parts of networks, so its code must be trusted.

        Raises InputError with every mistake in them.
        """
        if not study.components:
            return cls(study)
        file = components.read_components(study.components)
        components.require_sound(file)
        return cls(study, file)

    # Files ------------------------------------------------------------------------------------------------------------

    @property
    def results(self) -> str:
        """The folder of the study's results."""
        return f"results/{self.study.name}"

    @property
    def components(self) -> list[str]:
        """The file with the study's own parts of networks as a list, empty without one."""
        return [self.study.components] if self.study.components else []

    @property
    def metrics(self) -> list[str]:
        """The file with the study's own metrics as a list, empty without one."""
        return [self.study.metrics] if self.study.metrics else []

    @property
    def own_datasets(self) -> list[str]:
        """The names of the data sets that the study brings."""
        return [name for name in self.study.datasets if data.csv_file_of(name)]

    @property
    def configuration(self) -> list[str]:
        """The path of the configuration file as results show it, as a list, empty if the study has no single one."""
        return [command_line.public_path(self.study.source)] if os.path.isfile(self.study.source) else []

    def data_files(self, *datasets: str) -> list[str]:
        """Return the files of data sets that do not come with the package."""
        return sorted({path for name in datasets for path in data.external_files(name)})

    def run_file(self, cell: str) -> str:
        """Return the run file of a cell, which is given by its path."""
        return f"{self.results}/runs/{cell}.parquet"

    def files_of_looks(self, last: int) -> list[str]:
        """Return the files that list the cells added by the looks from the second to the last."""
        return [f"{self.results}/looks/{number}.json" for number in range(2, last + 1)]

    # Cells ------------------------------------------------------------------------------------------------------------

    def cell(self, path: str) -> Cell:
        """Return a cell, also one of a later look, by its path. Raises InputError if the study has none."""
        cells = self.study.later_cells if path in self.study.later_cells else self.study.cells
        if path not in cells:
            raise InputError(f"study {self.study.name}: {unknown('cell', path, cells)}")
        return cells[path]

    def untrained(self, cells: Mapping[str, Cell]) -> list[Cell]:
        """Return those of cells, given by their paths, that have no run file yet."""
        return [cells[path] for path in cells if not os.path.exists(self.run_file(path))]

    def is_in_tables(self) -> bool:
        """Return whether the tables were made after this study was planned, so that they have all its runs."""
        study, tables = Path(self.results, "study.json"), Path(self.results, "tables/runs.parquet")
        if not (study.exists() and tables.exists()) or study.stat().st_mtime > tables.stat().st_mtime:
            return False
        return study.read_text(encoding="utf-8") == f"{self.study.to_json()}\n"

    # Checks before a run ----------------------------------------------------------------------------------------------

    @cached_property
    def last_run(self) -> dict[str, Any]:
        """The provenance of the last run of a study of this name, empty if there was none.

        Raises InputError if the file is damaged.
        """
        path = f"{self.results}/provenance.json"
        return study_files.read_result(path, "provenance.json") if os.path.exists(path) else {}

    def require_results_folder(self) -> None:
        """Raise InputError if results cannot be written, contain links, or are outside the project by a link."""
        if project.refusal(Path(self.results), Path.cwd()):
            target = shlex.quote(os.path.realpath(self.results))
            raise InputError(
                f"{self.results}: a link leads out of the working folder, where a run would write. If it may, allow "
                f"its folder before the command: {project.ALLOWED}={target}"
            )
        files.require_writable(self.results)
        files.require_no_links(self.results)

    def require_own_results(self) -> None:
        """Raise InputError if the results of this name are those of another configuration file."""
        command_line.require_own_name(self.study, self.last_run)

    def require_feasible(self, cores: int, *, on_this_machine: bool) -> None:
        """Raise InputError if training takes more time, or more memory of this machine, than the study allows."""
        cells = self.untrained(self.study.cells)
        estimate.require_short(self.study, cells, cores)
        if on_this_machine:
            estimate.require_memory(self.study, cells, cores)

    def set_damaged_aside(self) -> list[str]:
        """Set the JSON files aside that steps could not read, so that they are rebuilt. Return lines that say so."""
        try:
            study_files.require_intact(self.results)
        except DamagedError as error:
            return [legible_lines(str(files.set_aside(error, "It will be rebuilt.")))]
        return []

    def discard_others(self, docket: str | None) -> None:
        """Delete study.json and docket.json if they differ from what was just checked, so that they are written again.

        Those of a stranger's results could name code, or files outside the project, that nobody allowed.

        docket: Content of docket.json, if there is a docket.
        """
        for name, content in {"study.json": self.study.to_json(), "docket.json": docket}.items():
            path = Path(self.results, name)
            if path.exists() and (content is None or files.read_bytes(path) != f"{content}\n".encode()):
                path.unlink()

    def require_past_files(self, sources: Sequence[str]) -> None:
        """Raise InputError if the date of a file that steps read is in the future, as Snakemake would in every step.

        sources: The docket, if there is one.
        """
        paths = [*sources, *self.components, *self.metrics, *self.data_files(*self.study.datasets)]
        if late := [path for path in paths if files.ahead(path)]:
            raise InputError(
                f"{late[0]}: its date is in the future, so that nothing made from it would count as newer. Set the "
                f"clock, or date it to the present: touch {shlex.join(late)}"
            )

    def bring_to_present(self) -> list[str]:
        """Set modification times in the future, as after a clock was set back, to now. Return a line on it."""
        count = files.bring_to_present(self.results)
        return [f"{count:,} files in {self.results} were dated in the future. They have dates until now."] * bool(count)

    def lock(self) -> None:
        """Keep other runs of the study out of this folder. Raises InputError if there is one."""
        files.lock(self.study.name, self.results)

    # What a run says --------------------------------------------------------------------------------------------------

    def missing_runs(self) -> list[str]:
        """Return lines on run files that are missing although the tables have their runs, so that none is trained."""
        missing = self.untrained(self.study.cells)
        if not missing or not self.is_in_tables():
            return []
        return [
            f"Run files are missing: {len(missing)}, such as {self.run_file(missing[0].path)}.",
            "The tables have their runs. To train these cells again, add: --forcerun collect",
        ]

    def size(self) -> str:
        """Return the size of the study: "Study smoke: 23 cells, 972 runs."."""
        return f"Study {self.study.name}: {len(self.study.cells):,} cells, {self.study.runs:,} runs."

    def code_that_runs(self) -> list[str]:
        """Return a line on the study's own parts of networks, if it has some, since they are code."""
        file = self.components_file
        return [own_code.notice(file.path, file.sha256, "is part of networks", file.components)] if file else []

    def changed_versions(self) -> list[str]:
        """Return lines on what has another version than when the runs that are kept were trained."""
        changes = versions.changes(self.last_run.get("versions_of_runs", {}))
        if not changes:
            return []
        return [
            f"Versions have changed since the runs in {self.results}: {', '.join(changes)}.",
            "Finished runs are kept. To train all of them again, add: --forcerun train",
        ]

    def training_time(self, cores: int, later: Mapping[str, Cell]) -> list[str]:
        """Return a line on how long the cells without a run file take to train, if any will be trained.

        later: Cells that later looks may add, by path.
        """
        missing = self.untrained(self.study.cells)
        if not (cores and missing) or self.is_in_tables():
            return []
        return [f"Training takes about {estimate.planned(missing, self.untrained(later), cores)} on {cores} cores."]

    def failure(self) -> str:
        """Return advice after a failed run. Logs may not mention a full disk, so this checks for one."""
        try:
            files.require_writable(self.results)
        except InputError as error:
            return str(error)
        return "Finished files are kept. Fix the cause and run the same command again to continue."
