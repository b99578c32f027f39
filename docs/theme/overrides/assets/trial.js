// "Try this claim again": repeat a context of a claim with seeds of the reader's own.
;(() => {
  const MOST_SEEDS = 200
  const SPEED = 1e9 // operations per second, until this device has trained a network

  // Seeds ------------------------------------------------------------------------------------------------------------

  /** Return the seeds of a text such as "1001-1006, 2000", without repetitions; null if it is not such a text. */
  function parseSeeds(/** @type {string} */ text) {
    const seeds = new Set()
    for (const part of text.split(/[,\s]+/).filter(Boolean)) {
      const match = part.match(/^(\d{1,9})(?:[-–](\d{1,9}))?$/)
      const [first, last] = match ? [Number(match[1]), Number(match[2] ?? match[1])] : [1, 0]
      if (last < first || last - first >= MOST_SEEDS) return null
      for (let seed = first; seed <= last; seed++) seeds.add(seed)
    }
    return seeds.size && seeds.size <= MOST_SEEDS ? [...seeds] : null
  }

  /** Return the text of seeds, with runs of neighbours as ranges. */
  function seedsText(/** @type {number[]} */ seeds) {
    const ranges = []
    for (const seed of seeds) {
      const range = ranges.at(-1)
      if (range && range[1] === seed - 1) range[1] = seed
      else ranges.push([seed, seed])
    }
    return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ")
  }

  // Arms -------------------------------------------------------------------------------------------------------------

  /**
   * Return the value of an arm that is compared with a number other than 0, and its interval, as `value_of_arm` of
   * report/pages/estimates.py does; null without one.
   * @param {{form: string, sides: ({value: number} | null)[]}} claim
   * @param {{estimate: number | null, low: number | null, high: number | null}} effect
   */
  function valueOfArm({form, sides: [of, minus]}, effect) {
    if (form !== "difference") return null
    const [estimate, low, high] = [effect.estimate, effect.low, effect.high].map(number => number ?? Number.NaN)
    if (of?.value) return {estimate: of.value - estimate, low: of.value - high, high: of.value - low}
    if (minus?.value) return {estimate: minus.value + estimate, low: minus.value + low, high: minus.value + high}
    return null
  }

  globalThis.trialFunctions = {parseSeeds, seedsText, valueOfArm}

  const host = document.querySelector(".trial")
  if (!host) return
  const INFINITIES = {inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY}
  const trial = JSON.parse(host.dataset.trial, (_, value) => INFINITIES[value] ?? value)
  const words = JSON.parse(host.dataset.words)
  const {fill, elementAdder, addShape} = globalThis.elements
  const {decimals, effectTexts, intervalTerm, ticks, tickText} = globalThis.numbers
  const addElement = elementAdder(host)
  const trainer = new Trainer(host.dataset.root, trial.data)

  // Numbers ----------------------------------------------------------------------------------------------------------

  const amount = number => globalThis.numbers.amount(number, trial.unit)
  const withUnit = text => words.quantity.replace("{}", text)

  /** Return an effect and its interval in words: of an arm that is compared with a number, its own value. */
  function effectText(effect) {
    const value = valueOfArm(trial, effect)
    const texts = value ? valueTexts(value) : effectTexts(effect, trial.unit, trial.smallestEffect, withUnit, words)
    return texts.interval ? fill(words[texts.interval], texts) : texts.effect
  }

  /** Return the value of an arm and the ends of its interval as texts, as `value_text` of report/pages/estimates.py does. */
  function valueTexts({estimate, low, high}) {
    const pattern = Number.isNaN(estimate) ? words.missing : Number.isFinite(estimate) ? words.value : words.valueNever
    const effect = pattern.replace("{}", withUnit(amount(estimate)))
    return {effect, low: amount(low), high: amount(high), interval: intervalTerm(low, high)}
  }
  const duration = seconds =>
    seconds < 60
      ? fill(words.seconds, {n: Math.max(1, Math.round(seconds))})
      : fill(words.minutes, {n: Math.round(seconds / 60)})

  // The page ---------------------------------------------------------------------------------------------------------

  const addButton = (parent, text, action) => {
    const button = addElement("button", {parent, type: "button", text})
    button.addEventListener("click", action)
    return button
  }
  const addField = (parent, tag, text, attributes = {}) => {
    const label = addElement("label", {parent, text: `${text} `})
    return addElement(tag, {parent: label, ...attributes})
  }

  addElement("h2", {text: words.title, id: "try"})
  addElement("p", {text: words.intro})
  const form = addElement("form", {class: "trial-form"})
  const contextSelect = addField(form, "select", words.context)
  for (const [i, context] of trial.contexts.entries())
    addElement("option", {parent: contextSelect, value: i, text: context.name || words.only})
  contextSelect.parentElement.hidden = trial.contexts.length === 1
  const seedsInput = addField(form, "input", words.seeds, {
    type: "text",
    size: 18,
    autocomplete: "off",
    spellcheck: false,
  })
  const buttons = addElement("div", {parent: form, class: "trial-buttons"})
  const startButton = addElement("button", {parent: buttons, type: "submit", class: "trial-start"})
  addButton(buttons, words.more, addSeeds)
  addButton(buttons, fill(words.known, {seed: trial.knownSeed}), repeatKnown)
  const status = addElement("p", {class: "trial-status", role: "status"})
  const figure = addElement("figure", {class: "trial-figure"})
  const result = addElement("p", {class: "trial-result", role: "status"})
  const known = addElement("p", {class: "trial-known", role: "status"})
  const details = addElement("details")
  addElement("summary", {parent: details, text: words.table})
  const tableBox = addElement("div", {parent: details, class: "trial-table"})
  const share = addElement("p", {class: "trial-share"})
  const link = addElement("a", {parent: share, text: words.link, href: "#try"})
  share.append(" · ")
  const receiptButton = addButton(share, words.receipt, download)
  const check = addElement("p", {class: "trial-note", text: `${words.check} `})
  addElement("code", {parent: check, text: `ontrial check-receipt ${trial.claim}.json`})
  addElement("p", {class: "trial-note", text: words.note})

  // Runs -------------------------------------------------------------------------------------------------------------

  // numbers: context → seed → one number per arm. training: the queue that is being trained, or null.
  const state = {numbers: trial.contexts.map(() => new Map()), training: null, speed: SPEED}
  const context = () => trial.contexts[contextSelect.value]
  const numbersOfContext = () => state.numbers[contextSelect.value]

  /** Return the requested seeds that are complete, and their numbers, positive in the claimed direction. */
  function sample() {
    const numbers = numbersOfContext()
    const seeds = (parseSeeds(seedsInput.value) ?? []).filter(seed => numbers.has(seed))
    if (!seeds.length) return {seeds, arms: [], values: []}
    const arms = context().arms.map((_, arm) => seeds.map(seed => numbers.get(seed)[arm]))
    return {seeds, arms, values: engine.seedNumbers({...trial, positions: context().positions}, arms)}
  }

  /** Train the arms of seeds, and call `update` after each network; return the numbers, or null if stopped. */
  async function trainSeeds(index, jobs, update) {
    const {arms} = trial.contexts[index]
    const queue = jobs.flatMap(({seed, rates}) =>
      arms.map((arm, i) => ({seed, arm: i, cell: trial.cells[arm.cell], rate: rates?.[i] ?? arm.rate})),
    )
    const numbers = new Map(jobs.map(({seed}) => [seed, new Array(arms.length).fill(null)]))
    const completed = new Map()
    let left = queue.length
    state.training = queue
    const work = async lane => {
      while (queue.length && state.training === queue) {
        const {arm, ...run} = queue.shift()
        const begin = performance.now()
        const records = []
        for await (const record of trainer.train(run, lane)) records.push(record)
        if (state.training !== queue) return
        state.speed = (1000 * run.cell.work) / (performance.now() - begin)
        const guess = {...run.cell.guess, threshold: trial.threshold}
        const ofSeed = numbers.get(run.seed)
        ofSeed[arm] = engine.METRICS[trial.metric](records, guess)
        if (ofSeed.every(number => number !== null)) completed.set(run.seed, ofSeed)
        left--
        update(completed, left)
      }
    }
    await Promise.all(trainer.lanes().map(work))
    if (state.training !== queue) return null
    state.training = null
    return completed
  }

  const workOf = ({arms}) => arms.reduce((sum, arm) => sum + trial.cells[arm.cell].work, 0)
  const estimate = seeds => (workOf(context()) * seeds) / state.speed / (trainer.workers.length || 1)

  const progress = (n, total) =>
    fill(words.progress, {n, total, duration: duration(estimate((total - n) / context().arms.length))})

  /** Stop training. Networks that are half trained are lost; complete seeds stay. */
  function stop() {
    state.training = null
    trainer.stop()
  }

  async function run(jobs, index, update) {
    const own = state.training
    status.textContent = words.loading
    show()
    try {
      await trainer.load()
      if (state.training !== own) return null // the reader stopped meanwhile, and may have started anew
      return await trainSeeds(index, jobs, update)
    } catch (error) {
      stop()
      show()
      status.textContent = fill(words.failed, {error: error.message})
      return null
    }
  }

  async function start() {
    if (state.training) {
      stop()
      status.textContent = words.stopped
      return show()
    }
    const seeds = parseSeeds(seedsInput.value)
    if (!seeds) {
      status.textContent = words.mistake
      return seedsInput.focus()
    }
    const index = contextSelect.value
    const missing = seeds.filter(seed => !state.numbers[index].has(seed))
    state.training = []
    known.textContent = ""
    const completed = await run(
      missing.map(seed => ({seed})),
      index,
      (completed, left) => {
        for (const [seed, numbers] of completed) state.numbers[index].set(seed, numbers)
        const total = missing.length * context().arms.length
        status.textContent = progress(total - left, total)
        show()
      },
    )
    if (completed) {
      status.textContent = words.done
      show()
    }
  }

  /** Repeat a seed of the study at the rates that it chose there, and compare. */
  async function repeatKnown() {
    if (state.training) return
    const index = contextSelect.value
    const {arms} = trial.contexts[index]
    const seed = trial.knownSeed
    state.training = []
    const completed = await run([{seed, rates: arms.map(arm => arm.known.rate)}], index, (_, left) => {
      status.textContent = progress(arms.length - left, arms.length)
    })
    const numbers = completed?.get(seed)
    if (numbers) {
      const pairs = arms.map((arm, i) =>
        fill(words.compared, {arm: arm.name, here: metric(numbers[i]), there: metric(arm.known.number)}),
      )
      known.textContent = fill(words.again, {seed, pairs: pairs.join("; ")})
      status.textContent = words.done
    }
    show()
  }

  const metric = number => (number === null ? "∞" : Number.isFinite(number) ? decimals(number, 3) : amount(number))

  function addSeeds() {
    const seeds = parseSeeds(seedsInput.value) ?? []
    const next = Math.max(trial.firstSeed - 1, ...seeds) + 1
    for (let i = 0; i < trial.fewest; i++) seeds.push(next + i)
    seedsInput.value = seedsText(seeds)
    showRequest()
  }

  /** Show what a reader asks for: the seeds that are complete, and how long the others will take. */
  function showRequest() {
    show()
    const missing = (parseSeeds(seedsInput.value) ?? []).filter(seed => !numbersOfContext().has(seed))
    if (!state.training)
      status.textContent = missing.length ? fill(words.estimate, {duration: duration(estimate(missing.length))}) : ""
  }

  // Results ----------------------------------------------------------------------------------------------------------

  function show() {
    const {published} = context()
    const {seeds, arms, values} = sample()
    const own = values.length ? engine.interval(values, trial.censored) : null
    startButton.textContent = state.training ? words.stop : words.start
    receiptButton.disabled = !seeds.length
    link.href = `#try&context=${contextSelect.value}&seeds=${seedsText(parseSeeds(seedsInput.value) ?? []).replace(/, /g, ",")}`
    draw(published, own, values)
    result.setAttribute("aria-busy", Boolean(state.training)) // screen readers read it out once it is final
    result.textContent = own ? conclusion(published, own, values) : ""
    fillTable(seeds, arms, values)
  }

  function conclusion(published, own, values) {
    const outcome = engine.classify(values, trial.smallestEffect, trial.censored)
    const n = values.length
    const sentences = [
      fill(words.found, {n, effect: effectText(own), outcome: words.outcomes[outcome]}),
      fill(words.published, {n: published.n, outcome: words.outcomes[published.outcome]}),
    ]
    if (outcome === published.outcome) sentences.push(words.agrees)
    else if (outcome !== "undecided") sentences.push(published.outcome === "undecided" ? words.open : words.disagrees)
    else {
      const needed = n < trial.fewest ? trial.fewest : engine.seedsNeeded(n, own, trial.smallestEffect)
      sentences.push(needed === null ? words.unknown : fill(words.needed, {n: needed}))
    }
    return sentences.join(" ")
  }

  function fillTable(seeds, arms, values) {
    details.hidden = !seeds.length
    tableBox.replaceChildren()
    const table = addElement("table", {parent: tableBox})
    const head = addElement("tr", {parent: addElement("thead", {parent: table})})
    for (const text of [words.seed, ...context().arms.map(arm => arm.name), words.number])
      addElement("th", {parent: head, scope: "col", text})
    const body = addElement("tbody", {parent: table})
    for (const [i, seed] of seeds.entries()) {
      const row = addElement("tr", {parent: body})
      for (const text of [`${seed}`, ...arms.map(arm => metric(arm[i])), amount(values[i])])
        addElement("td", {parent: row, text})
    }
  }

  function receipt() {
    const {seeds, arms, values} = sample()
    const infinities = new Map(Object.entries(INFINITIES).map(([word, number]) => [number, word]))
    const word = number => infinities.get(number) ?? number // JSON writes NaN as null
    const {estimate, low, high} = engine.interval(values, trial.censored)
    return {
      receipt: 1,
      study: trial.study,
      claim: trial.claim,
      hash: trial.hash,
      context: context().settings,
      rates: context().arms.map(arm => arm.rate),
      seeds,
      numbers: arms.map(arm => arm.map(word)),
      estimate: word(estimate),
      low: word(low),
      high: word(high),
      outcome: engine.classify(values, trial.smallestEffect, trial.censored),
    }
  }

  function download() {
    const text = `${JSON.stringify(receipt(), null, 1)}\n`
    const address = URL.createObjectURL(new Blob([text], {type: "application/json"}))
    const file = addElement("a", {href: address, download: `${trial.claim}.json`, hidden: ""})
    file.click()
    file.remove()
    setTimeout(() => URL.revokeObjectURL(address), 1000)
  }

  // The figure: two rows of seeds, estimate and interval over the band of effects too small to matter -----------------

  const [WIDEST, HEIGHT, LEFT, ROW] = [640, 172, 12, 66]

  function draw(published, own, values) {
    const effect = trial.smallestEffect
    const shown = [...published.numbers, ...values, published.estimate, published.low, published.high]
    if (own) shown.push(own.estimate, own.low, own.high)
    const finite = [...shown.filter(number => number !== null && Number.isFinite(number)), -1.4 * effect, 1.4 * effect]
    const width = Math.min(figure.clientWidth || WIDEST, WIDEST)
    const margin = 0.06 * (Math.max(...finite) - Math.min(...finite)) || 1
    const [low, high] = [Math.min(...finite) - margin, Math.max(...finite) + margin]
    const x = number => LEFT + ((Math.min(Math.max(number, low), high) - low) / (high - low)) * (width - 2 * LEFT)
    figure.replaceChildren()
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
    const label = fill(words.figure, {published: effectText(published), own: own ? effectText(own) : words.nothing})
    for (const [name, value] of Object.entries({viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label}))
      svg.setAttribute(name, value)
    const bottom = HEIGHT - 36
    const rows = [
      [words.study, published, published.numbers, "trial-published"],
      [words.yours, own, values, "trial-own"],
    ]
    for (const [i, [name, interval, numbers, kind]] of rows.entries()) {
      const y = 40 + i * ROW
      const [top, height] = [y - 11, 32] // below the name of the row
      if (effect)
        addShape(svg, "rect", {x: x(-effect), y: top, width: x(effect) - x(-effect), height, class: "trial-band"})
      for (const edge of new Set([-effect, 0, effect]))
        addShape(svg, "line", {
          x1: x(edge),
          x2: x(edge),
          y1: top,
          y2: top + height,
          class: edge ? "trial-effect" : "trial-zero",
        })
      addShape(svg, "text", {x: LEFT, y: y - 16, class: "trial-label"}, name)
      for (const number of numbers)
        if (Number.isFinite(number))
          addShape(svg, "circle", {cx: x(number), cy: y + 12, r: 3, class: `${kind} trial-seed`})
      if (!interval) continue
      addShape(svg, "line", {x1: x(interval.low), x2: x(interval.high), y1: y, y2: y, class: `${kind} trial-interval`})
      if (interval.estimate !== null && Number.isFinite(interval.estimate))
        addShape(svg, "circle", {cx: x(interval.estimate), cy: y, r: 6, class: kind})
    }
    const isLog2 = trial.unit === "log2"
    for (const tick of ticks(low, high, isLog2)) {
      addShape(svg, "line", {x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5, class: "trial-zero"})
      addShape(svg, "text", {x: x(tick), y: bottom + 19, class: "trial-tick"}, tickText(tick, isLog2))
    }
    addShape(svg, "line", {x1: LEFT, x2: width - LEFT, y1: bottom, y2: bottom, class: "trial-zero"})
    figure.append(svg)
    const [below, above] = words.sides
    const axis = addElement("figcaption", {parent: figure})
    for (const text of [below && `← ${below}`, words.axis, `${above} →`]) addElement("span", {parent: axis, text})
  }

  // Links ------------------------------------------------------------------------------------------------------------

  /** Show the context and seeds that the address names, if it names any. */
  function readAddress() {
    const values = new URLSearchParams(location.hash.slice(1))
    const asked = values.get("context")
    if (/^\d+$/.test(asked ?? "") && trial.contexts[asked]) contextSelect.value = asked
    if (parseSeeds(values.get("seeds") ?? "")) seedsInput.value = seedsText(parseSeeds(values.get("seeds")))
    if (values.has("try")) document.querySelector("#try").scrollIntoView()
  }

  seedsInput.value = seedsText(Array.from({length: trial.fewest}, (_, i) => trial.firstSeed + i))
  readAddress()
  addEventListener("hashchange", () => {
    if (state.training) return
    readAddress()
    showRequest()
  })
  contextSelect.addEventListener("change", () => {
    if (state.training) stop()
    known.textContent = ""
    showRequest()
  })
  seedsInput.addEventListener("input", showRequest)
  form.addEventListener("submit", event => {
    event.preventDefault()
    start()
  })
  addEventListener("resize", show)
  showRequest()
})()
