// "Try it again": repeat a context of a claim with seeds of the reader's own.
;(() => {
  const {fill, element, button, options, table, onNewWidth} = globalThis.elements
  const {createTexts} = globalThis.trialTexts
  const {drawFigure} = globalThis.trialFigure
  const [MOST_SEEDS, LARGEST_SEED] = [200, 999_999_999]

  /**
   * Fill an element with a trial, and return functions that show and tell what the reader asks for.
   * trial, words: Data and texts of report/pages/tools/trial.py.
   * trainer: Trainer of its networks.
   * link: Element with the address of what is shown, if it has any.
   * told: Function that is called whenever something changes, with the index of the context, the number of seeds and the
   *   first of them.
   */
  function createTrial(host, trial, words, trainer, {link = null, told = () => {}} = {}) {
    const {number, metric, effectText, outcomeOf, duration, agreement, comparison} = createTexts(trial, words)
    const runs = globalThis.trialRuns.createRuns(trial, trainer)

    // Elements --------------------------------------------------------------------------------------------------------

    const names = [...new Set(trial.contexts.map(({name}) => name))]
    const settingSelect = element(
      "select",
      {onchange: changeSetting},
      options(names.map(name => [name, name || words.only])),
    )
    const rateSelect = element("select", {onchange: changeContext}) // of the contexts with this setting
    const numberInput = (value, most) =>
      element("input", {type: "number", required: true, min: value, max: most, value, oninput: showRequest})
    const countInput = numberInput(trial.fewest, MOST_SEEDS)
    const firstInput = numberInput(trial.firstSeed, LARGEST_SEED) // after those of the study
    const startButton = element("button", {type: "submit", class: "trial-start"})
    const knownButton = button("", repeatKnown)
    const onsubmit = event => {
      event.preventDefault()
      return runs.isTraining() ? stop() : start()
    }
    const label = (name, field, hidden) =>
      element("label", {hidden, "data-control": name}, `${fill(words[name], {n: trial.fewest})} `, field)
    const form = element(
      "form",
      {class: "trial-form", onsubmit},
      label("context", settingSelect, names.length === 1),
      label("rate", rateSelect, names.length === trial.contexts.length),
      label("count", countInput),
      label("first", firstInput),
      element("div", {class: "trial-buttons"}, startButton, knownButton),
    )
    const status = element("p", {class: "trial-status", role: "status"})
    const figure = element("figure", {class: "trial-figure"})
    const result = element("p", {class: "trial-result", role: "status"})
    const known = element("p", {class: "trial-known", role: "status"})
    const tableBox = element("div", {class: "trial-table"})
    const rates = element("div", {class: "trial-rates"})
    const details = element("details", element("summary", words.table), tableBox)
    const outcome = element(
      "div",
      {hidden: true}, // until networks are trained
      figure,
      result,
      known,
      rates,
      details,
      link && element("p", {class: "trial-share"}, link),
      element("p", {class: "trial-note"}, words.note),
    )
    host.append(element("p", words.intro), form, status, outcome)

    const alternatives = () => [...trial.contexts.entries()].filter(([, {name}]) => name === settingSelect.value)
    const contextIndex = () => Number(rateSelect.value)
    const context = () => trial.contexts[contextIndex()]
    const requested = () => {
      const [n, first] = [countInput, firstInput].map(({value}) => Number(value))
      return form.checkValidity() ? Array.from({length: n}, (_, i) => first + i) : []
    }

    // Training --------------------------------------------------------------------------------------------------------

    function stop() {
      runs.stop()
      status.textContent = words.stopped
      show()
    }

    /** Train the arms of seeds, and report progress. Return the results of each seed, or null without them. */
    async function train(jobs, update) {
      const index = contextIndex()
      const total = jobs.length * context().arms.length
      outcome.hidden = false
      const training = runs.train(index, jobs, (completed, left) => {
        const seconds = runs.estimate(index, left / context().arms.length)
        update(completed, index)
        status.textContent = fill(words.progress, {n: total - left, total, duration: duration(seconds)})
        show()
      })
      status.textContent = words.loading
      show()
      try {
        return await training
      } catch (error) {
        runs.stop()
        show()
        status.textContent = fill(words.failed, {error: error.message})
        return null
      }
    }

    async function start() {
      known.textContent = ""
      firstInput.value = runs.declare(contextIndex(), requested())[0]
      const missing = requested().filter(seed => !runs.results[contextIndex()].has(seed))
      const jobs = missing.map(seed => ({seed}))
      const completed = await train(jobs, (completed, index) => {
        for (const [seed, results] of completed) runs.results[index].set(seed, results)
      })
      if (completed) {
        status.textContent = words.done
        show()
      }
    }

    /** Repeat a seed of the study at the rates that it chose there, and compare. */
    async function repeatKnown() {
      if (runs.isTraining()) return
      const {arms} = context()
      const seed = context().knownSeed
      const completed = await train([{seed, rates: arms.map(arm => arm.known.rate)}], () => {})
      const results = completed?.get(seed)
      if (results) {
        const pairs = arms.map((arm, i) =>
          fill(words.compared, {arm: arm.name, here: metric(results[i].number), there: metric(arm.known.number)}),
        )
        known.textContent = fill(words.again, {seed, pairs: pairs.join("; ")})
        status.textContent = words.done
      }
      show()
    }

    // Results ---------------------------------------------------------------------------------------------------------

    /** Show the reader's sample if it is complete, or else the time that it will take. */
    function showRequest() {
      show()
      if (runs.isTraining()) return
      const index = contextIndex()
      const {length} = runs.sample(index, requested()) ? [] : requested()
      status.textContent = length ? fill(words.estimate, {duration: duration(runs.estimate(index, length))}) : ""
    }

    function show() {
      const {published, knownSeed} = context()
      knownButton.hidden = knownSeed === null
      knownButton.textContent = fill(words.known, {seed: knownSeed})
      const sample = runs.sample(contextIndex(), requested())
      const own = sample && engine.interval(sample)
      const seen = runs.seen(contextIndex())
      startButton.textContent = runs.isTraining() ? words.stop : words.start
      startButton.formNoValidate = runs.isTraining()
      const rows = [
        [words.study, published, published.numbers, "trial-published"],
        [words.yours, own, sample?.values ?? [], "trial-own"],
      ]
      const texts = {published: effectText(published), own: own ? effectText(own) : words.nothing}
      const label = fill(words.figure, texts)
      const isLog2 = trial.unit === "log2"
      figure.replaceChildren(...drawFigure(rows, trial.smallestEffect, isLog2, words, label, figure.clientWidth))
      result.setAttribute("aria-busy", runs.isTraining()) // screen readers read the final result aloud
      result.replaceChildren(...(own ? [element("strong", agreement(context(), own, sample)), " "] : []))
      if (own) result.append(comparison(published, own, sample), seen > 1 ? ` ${fill(words.samples, {n: seen})}` : "")
      rates.replaceChildren(...(alternatives().length > 1 ? [ratesTable()] : []))
      details.hidden = !own
      tableBox.replaceChildren(own ? seedTable(sample) : "")
      told({index: contextIndex(), n: countInput.value, first: firstInput.value})
    }

    /** Return the results of the study and of the reader by whose learning rate both sides have. */
    function ratesTable() {
      const result = (effect, outcome) => `${effectText(effect)}: ${words.outcomes[outcome]}`
      const rows = alternatives().map(([i, {rate, published}]) => {
        const sample = runs.sample(i, requested())
        const own = sample ? result(engine.interval(sample), outcomeOf(sample)) : words.nothing
        return [rate, result(published, published.outcome), own]
      })
      return table([words.rate, words.study, words.yours], rows)
    }

    function seedTable({arms, values}) {
      const heads = [words.seed, ...context().arms.map(arm => arm.name), words.number]
      const rows = requested().map((seed, i) => [`${seed}`, ...arms.map(arm => metric(arm[i])), number(values[i])])
      return table(heads, rows)
    }

    // Choices ---------------------------------------------------------------------------------------------------------

    /** Show a context, a number of seeds and a first seed, unless networks are training. Each may be left out. */
    function open({index, n, first}) {
      if (runs.isTraining()) return
      if (index !== undefined) choose(index)
      known.textContent = ""
      if (n !== undefined) countInput.value = n
      if (first !== undefined) firstInput.value = first
      showRequest()
    }

    /** Choose a context: its setting, and among those with this setting its learning rate. */
    function choose(index) {
      settingSelect.value = trial.contexts[index].name
      rateSelect.replaceChildren(...options(alternatives().map(([i, {rate}]) => [i, rate])))
      rateSelect.value = index
    }

    /** Choose a setting, at the same learning rate if it has it. */
    function changeSetting() {
      const {policy} = context().settings
      const [first] = alternatives()
      const [index] = alternatives().find(([, {settings}]) => settings.policy === policy) ?? first
      choose(index)
      changeContext()
    }

    function changeContext() {
      if (runs.isTraining()) runs.stop()
      known.textContent = ""
      showRequest()
    }

    choose(0)
    showRequest()
    onNewWidth(host, show)

    return {open}
  }

  globalThis.trialTool = {createTrial}
})()
