"""The book on the theory: what the site of this project has besides the pages and figures of every site."""

from ontrial.report.contents import Contents

CHAPTERS = ("neuron-layers", "activations", "gradients", "losses", "batch-size")

BOOK = Contents(
    parts=("ontrial.report.pages.assemble_pages:atlas_pages",),
    pages=(
        *CHAPTERS,
        *("learning-rate", "playground", "film", "teachers", "exam", "own-idea", "judge", "elsewhere"),
        *("worksheet-neurons", "worksheet-steps"),
    ),
    chapters=CHAPTERS,
    films=True,
)
