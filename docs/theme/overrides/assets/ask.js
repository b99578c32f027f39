// "Ask the runs": the reader compares two cells of an experiment, seed by seed, by the rules for claims. A script of the
// study for each experiment puts the numbers of its runs into packedSeeds; it loads when the reader asks about it. The
// explorer gives the cells and their words, and loads this script with the first question.
;(async () => {
  await globalThis.explorerReady
  const {GRID, cells, isQuestion, label, names, points, title} = globalThis.explorerFunctions
  const SCALING = {linear: ratio => ratio, sqrt: Math.sqrt}
  const ROUNDING = 1e-9 // of a scaled rate
  const TOLERANCE = 1e-5
  const USUAL = {points: "1", log2: "1.25", epochs: "1", loss: "0.05", nats: "0.05", number: "0.05"} // smallest effects
  const QUANTITY = /^\d{1,9}(\.\d{1,9})?$/ // of a docket

  // From runs to numbers ---------------------------------------------------------------------------------------------

  /**
   * Return the position of each seed's rate for a cell; null where it is not on the grid.
   * runs: of an experiment. cell, of: positions of the cell and of the arm `of`, from whose rates most policies start.
   * policy: its name, or a learning rate for all seeds.
   */
  function ratePositions(runs, own, policy, cell, of) {
    if (runs.rates.length === 1) return runs.seeds.map(() => 0)
    if (typeof policy === "number") return runs.seeds.map(() => runs.rates.indexOf(policy))
    if (policy === "tuned") return own[cell]
    if (policy === "fixed") return own[of]
    const factor = SCALING[policy](runs.samples[cell] / runs.samples[of])
    return own[of].map(position => {
      const scaled = factor * runs.rates[position]
      const distances = runs.rates.map(rate => Math.abs(Math.log(scaled / rate)))
      const nearest = distances.indexOf(Math.min(...distances))
      return Math.abs(runs.rates[nearest] / scaled - 1) <= ROUNDING ? nearest : null
    })
  }

  /** Return the numbers of a cell at these rates, one per seed, and how many of the seeds failed. */
  function armOf(runs, measure, cell, positions) {
    const indices = positions.map((position, seed) => position * runs.seeds.length + seed)
    const numbers = indices.map(i => Number(measure.numbers[cell][i] ?? Number.NaN))
    const diverged = new Set(runs.diverged[cell])
    const failed = indices.filter((i, seed) => diverged.has(i) || !Number.isFinite(numbers[seed])).length
    return {numbers, failed, rates: positions.map(position => runs.rates[position])}
  }

  const unitOf = (measure, form) => (form === "ratio" ? "log2" : measure.unit)

  /** Return the smallest effect that a text means in a unit; null if a docket would not take it. */
  function parseEffect(text, unit) {
    const number = QUANTITY.test(text) ? Number(text) : 0
    if (unit === "log2") return number > 1 ? Math.log2(number) : null
    return number > 0 && !(unit === "points" && number > 100) ? number : null
  }

  /**
   * Return what the runs say about two cells, or why they say nothing, as a term.
   * asked: {of, minus: positions of the cells, measure, policy, form, effect: a text}
   */
  function compare(runs, {of, minus, measure: name, policy, form, effect: text}) {
    const measure = runs.measures[name]
    const effect = parseEffect(text, unitOf(measure, form))
    const [losses, values] = [
      [of, minus].map(cell => runs.cells[cell].loss),
      [of, minus].map(cell => measure.numbers[cell]),
    ]
    if (of === minus) return {problem: "same cells"}
    if (values.includes(null)) return {problem: "not measured"}
    if (measure.unit === "loss" && losses[0] !== losses[1]) return {problem: "other losses"}
    if (effect === null) return {problem: "no effect"}
    const positions = [of, minus].map(cell => ratePositions(runs, runs.own[measure.own], policy, cell, of))
    if (positions.flat().includes(null)) return {problem: "off the grid"}
    const arms = [of, minus].map((cell, i) => armOf(runs, measure, cell, positions[i]))
    if (arms.some(arm => arm.numbers.some(Number.isNaN))) return {problem: "not measured"}
    const {seedNumbers, interval, classify} = globalThis.engine
    const estimand = {form, spread: false, sides: [null, null], positions: []}
    const differences = seedNumbers(
      estimand,
      arms.map(arm => arm.numbers),
    )
    return {
      arms,
      differences,
      effect,
      level: 1 - runs.alpha,
      ...interval(differences, measure.censored, 1 - runs.alpha),
      outcome: classify(differences, effect, measure.censored, runs.alpha),
      untestable: !runs.judges
        ? "no judges"
        : measure.unit === unitOf(measure, form) && tooFine(measure, [of, minus], effect)
          ? "too fine"
          : null,
    }
  }

  // A docket refuses a smallest effect below two steps of the metric, which depend on the test set of a cell.
  const tooFine = (measure, cells, effect) => cells.some(cell => measure.grains[cell] > effect / 2 + TOLERANCE)

  // A claim of a docket ----------------------------------------------------------------------------------------------

  const WORD = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z][\w+]*$/i // what YAML takes for a text without quotes

  function yamlValue(value) {
    if (typeof value !== "number") return WORD.test(value) ? value : JSON.stringify(value)
    return String(value).replace(/^(-?\d+)e/, "$1.0e")
  }

  const yamlMap = map =>
    `{${Object.entries(map)
      .map(([key, value]) => `${key}: ${yamlValue(value)}`)
      .join(", ")}}`

  /** Return the names among `settings` that are needed to tell two cells from all others. */
  function needed(cells, of, minus, settings) {
    let kept = settings
    for (const name of settings.toSorted((a, b) => Number(b === "momentum") - Number(a === "momentum"))) {
      const others = kept.filter(other => other !== name)
      const isClear = cell => cells.filter(one => others.every(other => one[other] === cell[other])).length === 1
      if (isClear(cells[of]) && isClear(cells[minus])) kept = others
    }
    return kept
  }

  /** Return the claim that a comparison would test, as an item of a docket in YAML. */
  function claimText(runs, {of, minus, measure: name, policy, form, effect}) {
    const measure = runs.measures[name]
    const settings = needed(runs.cells, of, minus, names)
    const select = (cell, keep) => Object.fromEntries(settings.filter(keep).map(name => [name, runs.cells[cell][name]]))
    const isShared = name => runs.cells[of][name] === runs.cells[minus][name]
    const arms = [of, minus].map(cell => select(cell, name => !isShared(name)))
    const words = arms.map(arm =>
      Object.entries(arm)
        .map(([name, value]) => `${name} ${value}`)
        .join(", "),
    )
    const rate = typeof policy === "number" ? {learning_rate: policy} : {policy}
    const where = {...select(of, isShared), ...(runs.rates.length > 1 ? rate : {})}
    const sides = form === "ratio" ? ["of", "over"] : ["of", "minus"]
    return [
      "- id: my-claim",
      `  statement: {en: ${JSON.stringify(`${measure.metric} is larger with ${words[0]} than with ${words[1]}.`)}}`,
      `  experiment: ${yamlValue(runs.experiment)}`,
      `  metric: ${measure.metric}`,
      ...(measure.threshold === null ? [] : [`  threshold: ${measure.threshold}`]),
      `  ${form}: {${sides.map((side, i) => `${side}: ${yamlMap(arms[i])}`).join(", ")}}`,
      ...(Object.keys(where).length ? [`  where: ${yamlMap(where)}`] : []),
      ...(isShared("dataset") ? [] : ["  across_datasets: true"]),
      `  smallest_effect: ${quantity(effect, unitOf(measure, form))}`,
    ].join("\n")
  }

  function quantity(text, unit) {
    if (unit === "log2") return `factor ${text}`
    if (unit === "number") return text
    return `${text} ${Number(text) === 1 ? unit.replace(/s$/, "") : unit}`
  }

  // Addresses --------------------------------------------------------------------------------------------------------

  /** Return the address of a comparison. */
  function formatQuestion(runs, {of, minus, measure, policy, form, effect}) {
    const paths = [of, minus].map(cell => runs.cells[cell].path)
    return `#ask=${paths.join(",")}&measure=${measure}&policy=${policy}&form=${form}&effect=${effect}`
  }

  /** Return the experiment and the cells' paths of an address, and what else it asks; null if it asks nothing. */
  function parseQuestion(hash) {
    const {ask, policy, ...others} = Object.fromEntries(new URLSearchParams(hash.slice(1)))
    const asked = ask?.split(",").map(path => cells.find(cell => cell.path === path))
    if (asked?.length !== 2 || asked.includes(undefined) || asked[0].experiment !== asked[1].experiment) return null
    const [of, minus] = asked.map(cell => cell.path)
    return {...others, of, minus, experiment: asked[0].experiment, policy: Number(policy) || policy}
  }

  /** Return a question that the runs can answer: what is missing or unknown in `wanted` is as at first. */
  function completed(runs, wanted) {
    const positionOf = (path, usual) => {
      const position = runs.cells.findIndex(cell => cell.path === path)
      return position < 0 ? usual : position
    }
    const measures = Object.keys(runs.measures)
    const measure = measures.includes(wanted.measure) ? wanted.measure : measures[0]
    const policies = ["tuned", "fixed", "linear", "sqrt", ...runs.rates]
    const form = wanted.form === "ratio" && runs.measures[measure].positive ? "ratio" : "difference"
    return {
      of: positionOf(wanted.of, 0),
      minus: positionOf(wanted.minus, Math.min(1, runs.cells.length - 1)),
      measure,
      policy: policies.includes(wanted.policy) ? wanted.policy : "tuned",
      form,
      effect: wanted.effect ?? USUAL[unitOf(runs.measures[measure], form)],
    }
  }

  /** Return the cell with another value of a setting that has most in common with a cell. */
  function nearestCell(cells, cell, name, value) {
    const shared = other => names.filter(each => other[each] === cells[cell][each]).length
    const candidates = [...cells.keys()].filter(i => cells[i][name] === value)
    return candidates.toSorted((a, b) => shared(cells[b]) - shared(cells[a]))[0]
  }

  globalThis.askFunctions = {claimText, compare, completed, formatQuestion, nearestCell, parseEffect, parseQuestion}

  // The page ---------------------------------------------------------------------------------------------------------

  const root = document.getElementById("ask-root")
  if (!root) return // unit tests have no page
  const {element, shape, fill, table, loadScript, unpack} = globalThis.elements
  const {decimals, significant, effectTexts, ticks, tickText} = globalThis.numbers
  const words = JSON.parse(root.dataset.words)
  const phrase = (term, values) => fill(words.say[term], values)

  const textsOf = (comparison, unit) =>
    effectTexts(comparison, unit, comparison.effect, text => words.effects[unit].replace("{}", text), words.say)
  const marginText = (text, unit) =>
    (Number(text) === 1 && words.one[unit] ? words.one[unit] : words.effects[unit]).replace("{}", text)

  /** Return the runs of an experiment; null if they are too many for the page to have them. */
  async function runsOf(experiment) {
    const sources = [`../explorer/seeds-${experiment}.js`, "assets/engine/judging.js"]
    await Promise.all(sources.map(source => loadScript(root.dataset.root + source)))
    const packed = globalThis.packedSeeds[experiment]
    return (
      packed && {...(await unpack(packed)), experiment, cells: cells.filter(cell => cell.experiment === experiment)}
    )
  }

  let experiment = null // that the page shows, and its runs
  let runs = null
  let asked = null
  let latest = null // request for runs: an earlier one may load later
  const open = root.querySelector("button")
  const status = root.querySelector("[role=status]")
  const choices = element("div", {class: "ask-choices"})
  const figure = element("figure", {class: "ask-figure"})
  const failures = element("p")
  const seeds = element("div", {class: "explorer-box", role: "region", tabindex: "0", "aria-label": phrase("table")})
  const claim = element("div")
  const link = element("a", {}, phrase("link"))
  const result = element(
    "div",
    {hidden: true},
    element("p", {}, phrase("exploratory")),
    figure,
    failures,
    element("details", {}, element("summary", {}, phrase("table")), seeds),
    element("h3", {}, phrase("claim heading")),
    claim,
    element("p", {}, link),
  )
  status.before(choices)
  status.after(result)

  const option = (value, text) => element("option", {value}, text)

  function choice(id, text, options, value, onchange) {
    const control = element("select", {id: `ask-${id}`, onchange: event => onchange(event.target.value)}, ...options)
    control.value = value
    return element("div", {class: "explorer-choice"}, element("label", {for: control.id}, text), control)
  }

  /** Show a question: the experiment that it is about, by default that with most seeds, and what else is known. */
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

  /** Show why there is no result. */
  function refuse(reason) {
    result.hidden = true
    status.textContent = reason
  }

  function mostSeeds() {
    const seeds = name => points.find(point => point.experiment === name).n
    return Object.keys(GRID.experiments).toSorted((a, b) => seeds(b) - seeds(a))[0]
  }

  function change(changes) {
    asked = {...asked, ...changes}
    show()
  }

  const varying = () => names.filter(name => new Set(runs.cells.map(cell => cell[name])).size > 1)

  function armChoices(side, text) {
    const values = name => GRID.settings[name].values.filter(value => runs.cells.some(cell => cell[name] === value))
    const selects = varying().map(name =>
      choice(
        `${side}-${name}`,
        title(name),
        values(name).map(value => option(value, label(name, value))),
        runs.cells[asked[side]][name],
        text => {
          const value = values(name).find(each => String(each) === text)
          change({[side]: nearestCell(runs.cells, asked[side], name, value)})
        },
      ),
    )
    return element("fieldset", {class: "explorer-row"}, element("legend", {}, text), ...selects)
  }

  function show() {
    const focused = document.activeElement?.id
    showChoices()
    document.getElementById(focused)?.focus()
  }

  function showChoices() {
    const experiments = Object.keys(GRID.experiments).map(name => option(name, name))
    const parts = [choice("experiment", title("experiment"), experiments, experiment, name => ask({experiment: name}))]
    if (asked) {
      const {measure, policy, form} = asked
      const measures = Object.keys(runs.measures).map(name => option(name, title(name)))
      const policies = ["tuned", "fixed", "linear", "sqrt"].map(name => option(name, words.policies[name]))
      const rates = runs.rates.map(rate => option(rate, phrase("at rate", {rate: label("learning_rate", rate)})))
      const forms = ["difference", "ratio"].map(name => option(name, phrase(name)))
      parts.push(choice("measure", phrase("measure"), measures, measure, name => change(refitted({measure: name}))))
      if (rates.length > 1)
        parts.push(
          choice("policy", title("policy"), [...policies, ...rates], policy, text =>
            change({policy: Number(text) || text}),
          ),
        )
      if (runs.measures[measure].positive)
        parts.push(choice("form", phrase("form"), forms, form, name => change(refitted({form: name}))))
      parts.push(effectInput())
      choices.replaceChildren(
        element("div", {class: "explorer-row"}, ...parts),
        element("div", {class: "ask-arms"}, armChoices("of", phrase("first")), armChoices("minus", phrase("second"))),
      )
      showResult()
    } else {
      choices.replaceChildren(element("div", {class: "explorer-row"}, ...parts))
      refuse(phrase(runs ? "nothing measured" : "too large"))
    }
  }

  /** Return changes of measure or form with a form that the measure has, and with the usual smallest effect if the unit changes. */
  function refitted(changes) {
    const {effect, ...others} = {...asked, ...changes}
    const before = unitOf(runs.measures[asked.measure], asked.form)
    const paths = {of: runs.cells[asked.of].path, minus: runs.cells[asked.minus].path}
    const fitted = completed(runs, {...others, ...paths})
    return unitOf(runs.measures[fitted.measure], fitted.form) === before ? {...fitted, effect} : fitted
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
      oninput,
    })
    input.value = asked.effect
    const text = phrase("effect", {unit: words.axes[unit]})
    return element("div", {class: "explorer-choice"}, element("label", {for: input.id}, text), input)
  }

  function showResult() {
    const comparison = compare(runs, asked)
    const unit = unitOf(runs.measures[asked.measure], asked.form)
    if ("problem" in comparison) return refuse(phrase(comparison.problem))
    result.hidden = false
    const [of, minus] = comparison.arms.map(arm => arm.failed)
    status.textContent = conclusion(comparison, unit)
    failures.textContent = phrase("failed runs", {of, minus})
    failures.hidden = !(of + minus)
    figure.replaceChildren(drawing(comparison, unit), element("figcaption", {}, phrase("figure")))
    seeds.replaceChildren(seedTable(comparison, unit))
    claim.replaceChildren(...claimParts(comparison))
    link.href = formatQuestion(runs, asked)
  }

  function conclusion(comparison, unit) {
    const {differences, level, outcome} = comparison
    const n = differences.length
    const texts = textsOf(comparison, unit)
    if (n === 1) return phrase("one seed", texts)
    const values = {
      ...texts,
      n,
      measure: title(asked.measure),
      level: phrase("percent", {number: Number((100 * level).toFixed(2))}),
      outcome: words.outcomes[outcome].replace("{margin}", marginText(asked.effect, unit)),
      margin: marginText(asked.effect, unit),
    }
    const sentence = phrase(`found ${asked.form}`, values)
    if (n < runs.fewest) return `${sentence} ${phrase("no interval", values)}`
    const interval = texts.interval ? [phrase(texts.interval, values)] : []
    return [sentence, ...interval, phrase("outcome", values)].join(" ")
  }

  function claimParts({untestable}) {
    if (untestable) return [element("p", {}, phrase(untestable))]
    const text = claimText(runs, asked)
    return [
      element("p", {}, phrase("claim")),
      element("pre", {class: "explorer-command ask-claim", tabindex: "0"}, element("code", {}, text)),
    ]
  }

  function seedTable({arms, differences}, unit) {
    const {unit: ofMeasure} = runs.measures[asked.measure]
    const number = value =>
      ofMeasure === "points" && Number.isFinite(value) ? decimals(value, 2) : significant(value, 4)
    const rows = runs.seeds.map((seed, i) => [
      String(seed),
      ...arms.flatMap(({rates, numbers}) => [label("learning_rate", rates[i]), number(numbers[i])]),
      unit === "log2" && asked.form === "ratio" ? significant(2 ** differences[i], 4) : number(differences[i]),
    ])
    const heads = ["first", "second"].flatMap(side => [`${phrase(side)}, ${title("learning_rate")}`, phrase(side)])
    return table({class: "explorer-table"}, phrase("table"), [phrase("seed"), ...heads, phrase(asked.form)], rows)
  }

  // Figure: the seeds, the interval, and the effects too small to matter ---------------------------------------------

  const HEIGHT = 104
  const SIDE = 16

  function drawing({differences, estimate, low, high, effect}, unit) {
    const width = Math.min(root.clientWidth || 640, 720)
    const numbers = [...differences, estimate, low, high, -effect, effect].filter(Number.isFinite)
    const margin = 0.06 * (Math.max(...numbers) - Math.min(...numbers))
    const [first, last] = [Math.min(...numbers) - margin, Math.max(...numbers) + margin]
    const x = number => SIDE + ((Math.min(Math.max(number, first), last) - first) / (last - first)) * (width - 2 * SIDE)
    const bottom = HEIGHT - 34
    const line = (from, to, y, kind) => shape("line", {x1: x(from), x2: x(to), y1: y, y2: y, class: kind})
    const upright = (at, kind) => shape("line", {x1: x(at), x2: x(at), y1: 2, y2: bottom, class: kind})
    return shape(
      "svg",
      {viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `${status.textContent} ${phrase("figure")}`},
      shape("rect", {x: x(-effect), y: 2, width: x(effect) - x(-effect), height: bottom - 2, class: "ask-band"}),
      upright(0, "ask-zero"),
      line(first, last, bottom, "ask-zero"),
      ...ticks(first, last, unit === "log2").flatMap(tick => [
        shape("line", {x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5, class: "ask-zero"}),
        shape("text", {x: x(tick), y: bottom + 20, "text-anchor": "middle"}, tickText(tick, unit === "log2")),
      ]),
      ...differences
        .filter(Number.isFinite)
        .map(number => shape("circle", {cx: x(number), cy: 46, r: 4, class: "ask-seed"})),
      line(low, high, 22, "ask-interval"),
      ...(Number.isFinite(estimate) ? [shape("circle", {cx: x(estimate), cy: 22, r: 6, class: "ask-estimate"})] : []),
    )
  }

  // Addresses --------------------------------------------------------------------------------------------------------

  async function followAddress() {
    const question = parseQuestion(location.hash)
    if (question) await ask(question)
    else {
      latest = null
      refuse(phrase("unknown"))
    }
    document.getElementById("ask").scrollIntoView()
  }

  open.addEventListener("click", () => ask({}))
  addEventListener("hashchange", () => isQuestion() && followAddress())
  let width = root.clientWidth
  addEventListener("resize", () => {
    if (root.clientWidth === width) return // a phone hides its bars while a reader scrolls
    width = root.clientWidth
    if (asked) showResult()
  })
  if (isQuestion()) followAddress()
  else ask({})
})()
