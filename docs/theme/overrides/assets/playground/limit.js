// Below the playground: how large a learning rate its first network bears, predicted before training, and then tried.
;(() => {
  const {fill, element, button} = globalThis.elements
  const {chart, curve} = globalThis.charts
  const {settingsOf, cellOf} = globalThis.playgroundSettings
  const OCTAVES = [-3, -2, -1, -0.5, 0, 0.5, 1, 1.5, 2] // of the rates that are tried, from the predicted limit
  const RECORDS = 6 // while the number of updates doubles
  const OCTAVES_OF_UPDATES = 13
  const TOP = 3 // octaves by which a path is longer than the shortest, at the end of the chart
  const short = number => Number(number.toPrecision(2))

  /** Return the updates after which training gets to a goal, on a straight line between records; ∞ if it does not. */
  async function arrival(records, goal) {
    let before = null
    for await (const record of records) {
      const {updates, test_accuracy, diverged} = record
      if (diverged) break
      const share = before && (goal - before.test_accuracy) / (test_accuracy - before.test_accuracy)
      if (test_accuracy >= goal) return before ? before.updates + share * (updates - before.updates) : updates
      before = record
    }
    return Number.POSITIVE_INFINITY
  }

  /** Return the octave at which paths [octave, length in octaves] become twice as long; undefined if they do not. */
  function wallOf(paths) {
    const last = paths.findLastIndex(([, length]) => length <= 1)
    if (last < 0 || last + 1 === paths.length) return undefined
    const [[here, from], [there, to]] = paths.slice(last)
    return here + (there - here) * (to < TOP ? (1 - from) / (to - from) : 0.5)
  }

  /** Add the tool, and return the function that it is told the choice by. trainer: As for the playground. */
  function offer(host, all, words, trainer) {
    const foresee = button(words.limit_predict, () => work(predict))
    const tryOut = button(words.limit_try, () => work(tryRates))
    const says = element("p", {role: "status"})
    const drawn = element("div", {class: "film-charts"})
    const tools = element("div", {class: "playground-limit-buttons"}, foresee, tryOut)
    host.querySelector(".playground-stage").append(element("div", {class: "playground-limit"}, tools, says, drawn))
    let [choice, session, found, paths] = [null, null, null, []]

    function show(message) {
      says.textContent = message
      foresee.disabled = session !== null
      tryOut.disabled = session !== null || !Number.isFinite(found?.limit)
      drawn.replaceChildren()
      if (!Number.isFinite(found?.limit)) return
      const wall = Math.log2(found.limit)
      const ends = [wall + OCTAVES[0], wall + OCTAVES.at(-1)]
      const title = fill(words.limit_chart, {goal: found.goal})
      const lines = {
        "playground-wall": [0, TOP].map(length => [wall, length]),
        "film-line-1": paths.map(([octave, length]) => [wall + octave, Math.min(length, TOP)]),
      }
      const draw = (left, top) =>
        Object.entries(lines).map(([kind, points]) => curve("polyline", points, left, top, {class: kind}))
      const x = {range: ends, marks: [ends[0], wall, ends[1]].map(octave => [octave, short(2 ** octave)])}
      const y = {range: [-0.5, TOP], marks: ["× 1", "× 2", "× 4", words.limit_never].map((text, i) => [i, text])}
      drawn.append(chart({title, label: `${title}. ${message}`, x, y, draw}))
    }

    /** Do a part with a trainer of its own, and show its message, unless the reader makes another choice meanwhile. */
    async function work(part) {
      const own = trainer(all.datasets[choice.dataset[0]].files)
      session = own
      show(words.loading)
      const attempt = own.load().then(() => part(own))
      const message = await attempt.catch(error => fill(words.failed, {error: error.message}))
      own.stop()
      if (session !== own) return
      session = null
      show(message)
    }

    async function predict(own) {
      const settings = settingsOf(choice, 0)
      const {goal} = all.datasets[settings.dataset]
      const cell = cellOf(settings, all)
      if (!engine.hasLimit(cell)) return words.limit_none
      const run = {cell: {...cell, goal}, rate: 1, seed: Number(settings.seed)}
      const {value} = await own.train(run, own.lanes(1)[0]).next()
      if (session !== own) return ""
      if (!Number.isFinite(value.limit)) return words.limit_none
      const limit = value.limit * (1 - cell.momentum) // of the rate that the form has
      found = {...value, ...run, limit, accuracy: goal, goal: fill(words.percent, {value: 100 * goal})}
      paths = []
      const sentence = Number.isFinite(value.updates) ? words.limit_says : words.limit_says_alone
      const says = fill(sentence, {limit: short(limit), updates: Math.ceil(value.updates), goal: found.goal})
      found.says = value.isPlateau ? `${says} ${words.limit_plateau}` : says
      return found.says
    }

    async function tryRates(own) {
      const {cell, accuracy, seed, limit} = found
      const updates = Array.from({length: RECORDS * OCTAVES_OF_UPDATES}, (_, i) => Math.round(2 ** (i / RECORDS)))
      const records = [...new Set([0, ...updates])]
      const recorded = {...cell, goal: 0, records, trainRecords: [], probes: [], keepsWeights: false}
      const ways = new Map()
      const octaves = [...OCTAVES]
      const follow = async lane => {
        for (let octave = octaves.shift(); octave !== undefined && session === own; octave = octaves.shift()) {
          const rate = limit * 2 ** octave
          ways.set(octave, Math.log2(rate * (await arrival(own.train({cell: recorded, rate, seed}, lane), accuracy))))
          if (session !== own) return
          const shortest = ways.get(OCTAVES[0]) ?? Math.min(...ways.values())
          paths = OCTAVES.flatMap(each => (ways.has(each) ? [[each, ways.get(each) - shortest]] : []))
          show(`${found.says} ${words.training}`)
        }
      }
      await Promise.all(own.lanes().map(follow))
      const wall = wallOf(paths)
      const numbers = wall !== undefined && {limit: short(limit * 2 ** wall), factor: short(2 ** wall)}
      return `${found.says} ${numbers ? fill(words.limit_found, numbers) : words.limit_open}`
    }

    return told => {
      if (told.choice === choice) return
      session?.stop()
      ;[choice, session, found, paths] = [told.choice, null, null, []]
      show("")
    }
  }

  globalThis.playgroundLimit = {offer, arrival, wallOf}
})()
