"""The book on the theory: what the site of this project has besides the pages and figures of every site."""

from ontrial.report.contents import Contents, Figure, Function
from ontrial_book.small import NAMES as SMALL

CHAPTERS = ("neuron-layers", "activations", "gradients", "losses", "batch-size")

FUNCTIONS = {
    "verdict_box": Function("ontrial_book.chapters.pages:verdict_box", takes="claim"),
    "dead_relus": Function("ontrial_book.chapters.pages:dead_relus"),
    "theory": Function("ontrial_book.chapters.pages:Theory"),
    "worked": Function("ontrial_book.chapters.pages:worked"),
    "found": Function("ontrial_book.chapters.pages_found:found"),
    "rate_by_rate": Function("ontrial_book.chapters.pages:rate_by_rate"),
    "excerpt": Function("ontrial_book.chapters.pages_excerpts:excerpt"),
    "batches": Function("ontrial_book.home.pages_batches:batches"),
    "some_digits": Function("ontrial_book.home.pages_batches:some_digits"),
    "law": Function("ontrial_book.home.pages_law:law"),
    "has_law": Function("ontrial_book.home.pages_law:has_law"),
    "law_heading": Function("ontrial_book.home.pages_law:law_heading"),
    "law_line": Function("ontrial_book.home.pages_law:law_line"),
    "toy": Function("ontrial_book.small.pages:toy"),
    "really": Function("ontrial_book.small.pages:really", takes="claim"),
    "picture": Function("ontrial_book.small.pages:picture"),
    "asked": Function("ontrial_book.small.pages:asked"),
    "small_cards": Function("ontrial_book.small.pages:small_cards"),
    "one_curve": Function("ontrial_book.one_curve:OneCurve"),
    "replications_overview": Function("ontrial_book.replications.pages:overview"),
    "replications_summary": Function("ontrial_book.replications.pages:summary"),
    "elsewhere": Function("ontrial_book.replications.pages_agreement:elsewhere", takes="claim"),
    "literature": Function("ontrial_book.replications.pages_literature:literature"),
    "exam_lines": Function("ontrial_book.teaching.pages_exam:exam_lines"),
    "judged_example": Function("ontrial_book.teaching.pages_judging:example"),
    "judged_command": Function("ontrial_book.teaching.pages_judging:command"),
    "judged_by_peers": Function("ontrial_book.teaching.pages_judging:by_peers"),
    "judge_tool": Function("ontrial_book.teaching.pages_judging:tool"),
    "measured": Function("ontrial_book.studies.pages_measured:measured"),
    "measured_table": Function("ontrial_book.studies.pages_measured:table"),
    "measurement": Function("ontrial_book.studies.pages_measured:conditions"),
    "scaling": Function("ontrial_book.studies.pages_measured:scaling"),
    "recipe_costs": Function("ontrial_book.studies.pages_measured:recipe_costs"),
    "errors_table": Function("ontrial_book.studies.pages_measured:errors"),
    "skewed_worst": Function("ontrial_book.studies.pages_measured:skewed_worst"),
    "circumstances_of": Function("ontrial_book.studies.pages_circumstances:sentences", takes="claim"),
    "circumstances": Function("ontrial_book.studies.pages_circumstances:Circumstances"),
    "notebook_link": Function("ontrial_book.teaching.pages_notebooks:notebook_link"),
    "playground": Function("ontrial_book.teaching.pages_playground:Playground"),
    "tried_mish": Function("ontrial_book.teaching.pages_own_idea:tried"),
    "random_activations": Function("ontrial_book.teaching.pages_own_idea:tally"),
}

FIGURES = {
    "boundaries": Figure(
        "ontrial_book.chapters.figures_boundaries:boundaries",
        experiments=("shapes",),
        needs=("classes", "training", "plane"),
    ),
    "activation-curves": Figure("ontrial_book.chapters.figures_curves:activation_curves"),
    "mse-curve": Figure("ontrial_book.chapters.figures_curves:mse_curve"),
    "cross-entropy-curve": Figure("ontrial_book.chapters.figures_curves:cross_entropy_curve"),
    "batch-policies": Figure(
        "ontrial_book.chapters.figures_curves:batch_policies",
        experiments=("batch-size",),
        needs=("classes", "training"),
    ),
    "descent": Figure("ontrial_book.chapters.figures_descent:descent"),
    "valley": Figure("ontrial_book.chapters.figures_descent:valley"),
    "ravine": Figure("ontrial_book.chapters.figures_descent:ravine"),
    "neuron": Figure("ontrial_book.chapters.figures_diagrams:neuron", wide=False),
    "neuron-equation": Figure("ontrial_book.chapters.figures_diagrams:neuron_equation", wide=False),
    "layers": Figure("ontrial_book.chapters.figures_diagrams:layers", wide=False),
    "what-a-batch-is": Figure("ontrial_book.chapters.figures_diagrams:what_a_batch_is", wide=False),
    "titanic-reliability": Figure(
        "ontrial_book.chapters.figures_reliability:titanic_reliability",
        experiments=("titanic",),
        needs=("classes", "training", "probabilities", "groups"),
    ),
    "batch-slope": Figure(
        "ontrial_book.chapters.figures_slope:batch_slope", experiments=("batch-size",), needs=("classes", "training")
    ),
    "batch-rate-surface": Figure(
        "ontrial_book.chapters.figures_surfaces:batch_rate_surface",
        experiments=("batch-size",),
        needs=("classes", "training"),
    ),
    "loss-surfaces": Figure("ontrial_book.chapters.figures_surfaces:loss_surfaces"),
    "gradient-norms": Figure(
        "ontrial_book.chapters.figures_training:gradient_norms",
        experiments=("vanishing",),
        needs=("classes", "probe gradients", "hidden layers"),
    ),
    "dead-units": Figure(
        "ontrial_book.chapters.figures_training:dead_units",
        experiments=("dying",),
        needs=("classes", "probe units", "hidden layers"),
    ),
    "learning-curves": Figure(
        "ontrial_book.chapters.figures_training:learning_curves", experiments=("speed",), needs=("classes", "training")
    ),
    "survival": Figure(
        "ontrial_book.chapters.figures_training:survival", experiments=("speed",), needs=("classes", "training")
    ),
    "backpropagation": Figure("ontrial_book.chapters.figures_worked_network:backpropagation", wide=False),
    "four-chains": Figure("ontrial_book.small.figures:four_chains"),
    "shares": Figure("ontrial_book.small.figures:shares"),
    "count-images": Figure("ontrial_book.home.figures:count_images", source="law"),
}

BOOK = Contents(
    figures=FIGURES,
    functions=FUNCTIONS,
    page_makers=("ontrial_book.teaching.pages_notebooks:notebooks",),
    pages=(
        *CHAPTERS,
        *("learning-rate", "playground", "teachers", "exam", "own-idea", "judge", "elsewhere"),
        *("worksheet-neurons", "worksheet-steps", "slides-neurons", "slides-steps"),
        *SMALL,
    ),
    templates=("robustness",),
    evidence=("robustness",),
    chapters=CHAPTERS,
    measurements=(
        *("scale.csv", "laboratories.csv", "tries.csv", "judging.csv", "peers.csv", "recipes.csv", "circumstances.csv"),
        *("random-activations.csv", "one-curve/verdicts.json", "one-curve/tables/*.csv", "mish/verdicts.json"),
    ),
    titles=("ontrial_book.chapters.titles:TITLES",),
    predictions=("ontrial_book.chapters.predictions:PREDICTIONS",),
)
