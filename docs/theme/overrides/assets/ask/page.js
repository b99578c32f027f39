// "Ask the runs": the reader compares two cells of an experiment, seed by seed, by the rules for claims. Each experiment
// has a script that puts the numbers of its runs into packedSeeds, and loads when the reader asks about the experiment. The
// explorer gives the cells and their words, and loads these scripts with the first question.
;(async () => {
  const study = await globalThis.explorerReady
  const {grid, cells, names, points, title, label} = study
  const {element, fill, scrollBox, options, loadScript, unpack} = globalThis.elements
  const {isQuestion} = globalThis.explorerAddress
  const {choice} = globalThis.explorerControls
  const {unitOf, compare} = globalThis.askComparison
  const {formatQuestion, parseQuestion, completed, nearestCell} = globalThis.askQuestion
  const {claimText} = globalThis.askClaim
  const {createResult, drawing} = globalThis.askResult
  const root = document.getElementById("ask-root")
  const words = JSON.parse(root.dataset.words)
  const phrase = (term, values) => fill(words.say[term], values)
  const {plainly, conclusion, seedTable} = createResult(study, words, phrase)

  /** Return the runs of an experiment; null if they are too many for the page. */
  async function runsOf(experiment) {
    await loadScript(`${root.dataset.root}../explorer/seeds-${experiment}.js`)
    const packed = globalThis.packedSeeds[experiment]
    return (
      packed && {...(await unpack(packed)), experiment, cells: cells.filter(cell => cell.experiment === experiment)}
    )
  }

  let experiment = null // experiment on the page, and its runs
  let runs = null
  let asked = null
  let latest = null // request for runs: an earlier one may load later
  const open = root.querySelector("button")
  const status = root.querySelector("[role=status]")
  const choices = element("div", {class: "ask-choices"})
  const inFull = element("p", {class: "ask-full"})
  const figure = element("figure", {class: "ask-figure"})
  const seeds = scrollBox(phrase("table"), {class: "explorer-box"})
  const claim = element("div")
  const link = element("a", phrase("link"))
  const result = element(
    "div",
    {hidden: true},
    figure,
    element("details", element("summary", phrase("in full")), inFull),
    element("p", phrase("exploratory")),
    element("details", element("summary", phrase("table")), seeds),
    element("h3", phrase("claim heading")),
    claim,
    element("p", link),
  )
  status.before(choices)
  status.after(result)

  // Questions --------------------------------------------------------------------------------------------------------

  /** Show a question about an experiment (by default the one with most seeds), as far as it is known. */
  async function ask({experiment: name = mostSeeds(), ...wanted}) {
    const request = {}
    latest = request
    status.textContent = phrase("loading")
    let loaded
    try {
      loaded = await runsOf(name)
    } catch (error) {
      if (latest !== request) return
      if (experiment) document.getElementById("ask-experiment").value = experiment
      refuse(phrase("failed", {error: error.message}))
      return
    }
    if (latest !== request) return
    experiment = name
    runs = loaded
    open.parentElement.hidden = true
    status.textContent = ""
    asked = runs && Object.keys(runs.measures).length ? completed(runs, wanted) : null
    show()
  }

  /** Show the reason why there is no result. */
  function refuse(reason) {
    result.hidden = true
    status.textContent = reason
  }

  function mostSeeds() {
    const seeds = name => points.find(point => point.experiment === name).n
    return Object.keys(grid.experiments).toSorted((a, b) => seeds(b) - seeds(a))[0]
  }

  function change(changes) {
    asked = {...asked, ...changes}
    show()
  }

  /** Return changes of measure or form with a form that the measure has, and with the usual smallest effect if the unit changes. */
  function refitted(changes) {
    const {effect, ...others} = {...asked, ...changes}
    const before = unitOf(runs.measures[asked.measure], asked.form)
    const paths = {of: runs.cells[asked.of].path, minus: runs.cells[asked.minus].path}
    const fitted = completed(runs, {...others, ...paths})
    return unitOf(runs.measures[fitted.measure], fitted.form) === before ? {...fitted, effect} : fitted
  }

  // Choices ----------------------------------------------------------------------------------------------------------

  function show() {
    const focused = document.activeElement?.id
    choices.replaceChildren(...choiceParts())
    if (asked) showResult()
    else refuse(phrase(runs ? "nothing measured" : "too large"))
    document.getElementById(focused)?.focus()
  }

  function choiceParts() {
    const experiments = options(Object.keys(grid.experiments).map(name => [name, name]))
    const choose = name => ask({experiment: name})
    const parts = [choice("ask-experiment", title("experiment"), experiments, choose, experiment)]
    if (!asked) return [element("div", {class: "explorer-row"}, parts)]
    const arms = [armChoices("of", phrase("first")), armChoices("minus", phrase("second"))]
    return [
      element("div", {class: "explorer-row"}, parts, measureChoices(), effectInput()),
      element("div", {class: "ask-arms"}, arms),
    ]
  }

  function measureChoices() {
    const {measure, policy, form} = asked
    const measures = options(Object.keys(runs.measures).map(name => [name, title(name)]))
    const policies = options(Object.entries(words.policies))
    const forms = options(["difference", "ratio"].map(name => [name, phrase(name)]))
    return [
      choice("ask-measure", phrase("measure"), measures, name => change(refitted({measure: name})), measure),
      runs.rates.length > 1 && choice("ask-policy", title("policy"), policies, name => change({policy: name}), policy),
      runs.measures[measure].positive &&
        choice("ask-form", phrase("form"), forms, name => change(refitted({form: name})), form),
    ]
  }

  function armChoices(side, text) {
    const varying = names.filter(name => new Set(runs.cells.map(cell => cell[name])).size > 1)
    const selects = varying.map(name => {
      const values = grid.settings[name].values.filter(value => runs.cells.some(cell => cell[name] === value))
      const onchoice = text => {
        const value = values.find(each => String(each) === text)
        change({[side]: nearestCell(runs.cells, names, asked[side], name, value)})
      }
      const choices = options(values.map(value => [value, label(name, value)]))
      return choice(`ask-${side}-${name}`, title(name), choices, onchoice, runs.cells[asked[side]][name])
    })
    return element("fieldset", {class: "explorer-row"}, element("legend", text), selects)
  }

  function effectInput() {
    const unit = unitOf(runs.measures[asked.measure], asked.form)
    const oninput = event => {
      asked.effect = event.target.value.trim()
      showResult()
    }
    const input = element("input", {
      id: "ask-effect",
      type: "text",
      inputmode: "decimal",
      size: "6",
      autocomplete: "off",
      value: asked.effect,
      oninput,
    })
    const text = phrase("effect", {unit: words.axes[unit]})
    return element("div", {class: "explorer-choice"}, element("label", {for: input.id}, text), input)
  }

  // The result -------------------------------------------------------------------------------------------------------

  function showResult() {
    const comparison = compare(runs, asked)
    if ("problem" in comparison) return refuse(phrase(comparison.problem))
    result.hidden = false
    const {contexts} = comparison
    const titles = contexts.map(({owner}) => owner && phrase(`rate of ${owner}`))
    const said = context => (context.problem ? phrase(context.problem) : conclusion(runs, asked, context))
    const texts = contexts.map((context, i) => named(titles[i], said(context)))
    const plain = contexts.map((context, i) =>
      named(titles[i], (!context.problem && plainly(runs, asked, context)) || said(context)),
    )
    const shown = contexts.flatMap((context, i) =>
      context.problem ? [] : [{context, name: titles[i], text: texts[i]}],
    )
    status.textContent = plain.join("\n")
    inFull.textContent = texts.join("\n")
    figure.replaceChildren(...shown.flatMap(contextParts), element("figcaption", phrase("figure")))
    seeds.replaceChildren(...shown.map(({context, name}) => seedTable(runs, asked, context, name)))
    claim.replaceChildren(...claimParts(comparison))
    link.href = formatQuestion(runs, asked)
  }

  const named = (name, text) => (name ? `${name}: ${text}` : text)

  /** Return the drawing of a context, with the rate that its arms share above it and their failed runs below. */
  function contextParts({context, name, text}) {
    const isLog2 = unitOf(runs.measures[asked.measure], asked.form) === "log2"
    const [of, minus] = context.arms.map(arm => arm.failed)
    const n = runs.seeds.length
    const [ofShare, minusShare] = [of, minus].map(failed => phrase("percent", {number: Math.round((100 * failed) / n)}))
    return [
      ...(name ? [element("p", name)] : []),
      drawing(context, isLog2, `${text} ${phrase("figure")}`, root.clientWidth || 640),
      ...(of + minus ? [element("p", phrase("failed runs", {of, minus, ofShare, minusShare, n}))] : []),
    ]
  }

  function claimParts({untestable}) {
    if (untestable) return [element("p", phrase(untestable))]
    const text = claimText(runs, names, asked)
    return [
      element("p", phrase("claim")),
      element("pre", {class: "explorer-command ask-claim", tabindex: "0"}, element("code", text)),
    ]
  }

  // Addresses --------------------------------------------------------------------------------------------------------

  async function followAddress() {
    const question = parseQuestion(location.hash, cells)
    if (question) await ask(question)
    else {
      latest = null
      refuse(phrase("unknown"))
    }
    document.getElementById("ask").scrollIntoView()
  }

  const askFirst = () => ask(parseQuestion(root.dataset.first, cells) ?? {})
  open.addEventListener("click", askFirst)
  addEventListener("hashchange", () => isQuestion() && followAddress())
  let width = root.clientWidth
  addEventListener("resize", () => {
    if (root.clientWidth === width) return // a phone hides its bars while a reader scrolls
    width = root.clientWidth
    if (asked) showResult()
  })
  if (isQuestion()) followAddress()
  else askFirst()
})()
