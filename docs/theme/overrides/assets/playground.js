// The playground: train one or two networks of the reader's choice, and draw them as they learn. The address holds the
// settings, two values where the networks differ, or the name of a preset: `#dataset=xor&depth=0,1`, `#straight-line`.
;(() => {
  const FRAMES = 60 // pictures of a training, at most
  const FRAME = 50 // milliseconds that a picture stays, at least,
  const STILL = 1000 // and for readers who want less motion
  const SEED = /^\d{1,9}$/

  // Settings ---------------------------------------------------------------------------------------------------------

  // The choice of a reader: the value of each setting as a text, in a list: one for both networks, or one for each.

  /**
   * Return the choice that a text such as "dataset=xor&depth=0,1" describes, and the names in it that mean nothing.
   * Settings that are not in the text, or not possible, have their values of `start`.
   */
  function readChoice(text, {start, shared, choices}) {
    const choice = Object.fromEntries(Object.entries(start).map(([name, value]) => [name, [`${value}`]]))
    const mistakes = []
    for (const [name, list] of new URLSearchParams(text)) {
      const values = list.split(",")
      const isPossible = value =>
        name === "seed" ? SEED.test(value) : choices[name].some(([possible]) => `${possible}` === value)
      const isKnown = Object.hasOwn(start, name) && values.length <= (shared.includes(name) ? 1 : 2)
      if (isKnown && values.every(isPossible)) choice[name] = values
      else mistakes.push(name)
    }
    return {choice, mistakes}
  }

  /** Return the text of a choice, which names what differs from `start`. */
  function choiceText(choice, {start}) {
    const entries = Object.entries(choice).filter(([name, values]) => values.join() !== `${start[name]}`)
    return new URLSearchParams(entries.map(([name, values]) => [name, values.join()])).toString().replaceAll("%2C", ",")
  }

  const settingsOf = (choice, i) =>
    Object.fromEntries(Object.entries(choice).map(([name, list]) => [name, list[i] ?? list[0]]))

  /** Return the epochs at which networks are drawn: more of them at the start, where most happens. */
  const frameEpochs = epochs => Array.from({length: FRAMES + 1}, (_, i) => epochs * (i / FRAMES) ** 1.5)

  /** Return what the engine needs to train a network with these settings, of which `all` are possible. */
  function cellOf(settings, all) {
    const {inputs, samples, outputs} = all.datasets[settings.dataset]
    const [output, loss] = settings.objective.split("+")
    const batchSize = settings.batch_size === "full" ? samples : Number(settings.batch_size)
    const updatesPerEpoch = Math.ceil(samples / batchSize)
    const hidden = Array(Number(settings.depth)).fill(Number(settings.width))
    const due = frameEpochs(Number(settings.epochs)).map(epochs => Math.round(epochs * updatesPerEpoch))
    const records = [...new Set(due)]
    return {
      dataset: settings.dataset,
      samples,
      layers: [inputs, ...hidden, outputs[output]],
      activation: settings.activation,
      output,
      loss,
      initialisation:
        settings.initialisation === "own" ? all.initialisations[settings.activation] : settings.initialisation,
      optimiser: settings.optimiser,
      momentum: all.momenta[settings.optimiser],
      weightDecay: all.defaults.weight_decay,
      batchSize,
      records,
      trainRecords: records.map((_, i) => i),
      probes: hidden.length ? ["units"] : [],
      keepsWeights: true,
      due,
    }
  }

  /** Return the settings of a cell under the names that the study has for them. Others have their defaults. */
  const studySettings = (cell, settings, {defaults}) => ({
    ...defaults,
    dataset: cell.dataset,
    hidden: cell.layers.slice(1, -1).join("-") || "none",
    activation: cell.activation,
    initialisation: cell.initialisation,
    objective: settings.objective,
    output: cell.output,
    loss: cell.loss,
    optimiser: cell.optimiser,
    momentum: cell.momentum,
    batch_size: cell.batchSize === cell.samples ? "full" : cell.batchSize,
  })

  globalThis.playgroundSettings = {readChoice, choiceText, settingsOf, cellOf, studySettings, frameEpochs}

  const host = document.querySelector(".playground")
  if (!host) return
  const {fill, elementAdder} = globalThis.elements
  const {SIDE, coloursOf, gridPoints, drawPlane, decades, stretch, addChart} = globalThis.drawing
  const {root} = host.dataset
  const all = JSON.parse(host.dataset.settings)
  const words = JSON.parse(host.dataset.words)
  const ownSettings = Object.keys(all.start).filter(name => !all.shared.includes(name))
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches
  const addElement = elementAdder(host)

  // The page ---------------------------------------------------------------------------------------------------------

  function addButton(parent, text, action) {
    const button = addElement("button", {parent, type: "button", text})
    button.addEventListener("click", action)
    return button
  }

  function addControl(name, parent, attributes = {}) {
    const control =
      name === "seed"
        ? addElement("input", {parent, ...attributes, type: "text", inputmode: "numeric", size: 9, autocomplete: "off"})
        : addElement("select", {parent, ...attributes})
    for (const [value, text] of all.choices[name] ?? []) addElement("option", {parent: control, value, text})
    control.addEventListener("change", readControls)
    return control
  }

  const task = addElement("div", {class: "playground-task"})
  const notice = addElement("p", {class: "film-notice", role: "status"})
  const form = addElement("form", {class: "playground-form"})
  const sharedBox = addElement("div", {parent: form, class: "playground-shared"})
  const controls = {} // setting → its control, or one for each network
  for (const name of all.shared)
    controls[name] = [addControl(name, addElement("label", {parent: sharedBox, text: words.settings[name]}))]
  const pairLabel = addElement("label", {parent: sharedBox, class: "playground-pair"})
  const pairBox = addElement("input", {parent: pairLabel, type: "checkbox"})
  pairLabel.append(words.pair)
  pairBox.addEventListener("change", readControls)
  const table = addElement("div", {parent: form, class: "playground-settings"})
  const rows = ownSettings.map(name => {
    const row = addElement("div", {parent: table, class: "playground-row"})
    addElement("span", {parent: row, text: words.settings[name]})
    const labels = [words.first, words.second].map(network => `${words.settings[name]}, ${network}`)
    controls[name] = labels.map(label => addControl(name, row, {"aria-label": label}))
    return row
  })
  const buttons = addElement("div", {parent: form, class: "playground-buttons"})
  const startButton = addElement("button", {parent: buttons, type: "submit", class: "playground-start"})
  const stopButton = addButton(buttons, words.stop, () => finish(words.stopped))
  addButton(buttons, words.reset, reset)
  const clock = addElement("span", {parent: buttons, class: "film-clock"})
  const stage = addElement("div", {class: "film-stage"})
  const screens = [0, 1].map(i => {
    const parent = addElement("div", {class: "film-arm", parent: stage})
    const heading = addElement("p", {parent, class: `film-name film-line-${i + 1}`})
    const plane = addElement("canvas", {parent, role: "img", class: "film-plane"})
    const facts = addElement("p", {parent, class: "film-facts"})
    const band = addElement("p", {parent, class: "playground-band"})
    return {parent, heading, plane, facts, band}
  })
  const charts = addElement("div", {class: "film-charts"})
  const result = addElement("p", {class: "playground-result", role: "status"})

  // choice: of the reader. address: what "reset" goes back to. training: what is trained, or only drawn, or null.
  const state = {choice: null, address: "", training: null, colours: coloursOf(host)}
  const trainers = {}
  const trainerOf = dataset => (trainers[dataset] ??= new Trainer(root, all.datasets[dataset].files))
  const isRunning = () => state.training !== null && !state.training.ended
  const hasPlane = () => all.datasets[state.choice.dataset[0]].plane
  const labelOf = (name, value) => all.choices[name].find(([possible]) => `${possible}` === value)[1]

  /** Return the name of a network: the settings in which it differs from the other. */
  function nameOf(i) {
    const different = Object.entries(state.choice).filter(([, values]) => values.length > 1)
    const parts = different.map(([name, values]) => `${words.settings[name]} ${labelOf(name, values[i])}`)
    return [[words.first, words.second][i], parts.join(", ")].filter(Boolean).join(": ")
  }

  /** Bring the page in line with the choice and the training. */
  function show() {
    const {choice, training} = state
    for (const [name, list] of Object.entries(controls))
      for (const [i, control] of list.entries()) control.value = choice[name][i] ?? choice[name][0]
    table.classList.toggle("playground-two", pairBox.checked)
    for (const [i, name] of ownSettings.entries()) {
      controls[name][1].hidden = !pairBox.checked
      rows[i].classList.toggle("playground-different", choice[name].length > 1)
    }
    startButton.textContent = isRunning() ? (training.paused ? words.resume : words.pause) : words.start
    stopButton.disabled = !isRunning()
    stage.hidden = !hasPlane() && !training?.networks.length
    charts.hidden = !training?.begun || !training.networks.length
    screens[1].parent.hidden = !pairBox.checked
    for (const [i, {heading, plane}] of screens.entries()) {
      heading.textContent = nameOf(i)
      plane.hidden = !hasPlane()
    }
  }

  /** Take a choice, and forget what was trained with another one. */
  function choose(choice, message = "") {
    if (isRunning()) end(state.training)
    Object.assign(state, {choice, training: null})
    notice.textContent = message
    result.textContent = clock.textContent = ""
    for (const {facts, band} of screens) facts.textContent = band.textContent = ""
    show()
    if (hasPlane()) preview()
  }

  /** Take the choice of the address, to which "reset" comes back. */
  function open(choice, message) {
    state.address = location.hash || `#${host.id}`
    pairBox.checked = Object.values(choice).some(values => values.length > 1)
    choose(choice, message)
  }

  function reset() {
    history.replaceState(null, "", state.address)
    follow({always: true})
  }

  /** Take the choice that the reader made with the controls, and keep it in the address. */
  function readControls() {
    const [seed] = controls.seed
    const isSeed = SEED.test(seed.value)
    if (!isSeed) [seed.value] = state.choice.seed
    const valuesOf = list => [...new Set(list.slice(0, pairBox.checked ? 2 : 1).map(control => control.value))]
    const choice = Object.fromEntries(Object.entries(controls).map(([name, list]) => [name, valuesOf(list)]))
    choose(choice, isSeed ? "" : words.no_seed)
    task.replaceChildren()
    history.replaceState(null, "", `#${choiceText(choice, all) || host.id}`)
  }

  // Training ---------------------------------------------------------------------------------------------------------

  const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

  /** Train the networks of the choice, frame after frame, and draw them. */
  async function train() {
    const {choice} = state
    const trainer = trainerOf(choice.dataset[0])
    const session = {trainer, networks: [], begun: true, drawn: Number.NEGATIVE_INFINITY, paused: false, ended: false}
    state.training = session
    result.textContent = words.loading
    show()
    try {
      await trainer.load()
      const study = await studyCurves.load(root)
      if (session.ended) return
      const lanes = trainer.lanes(pairBox.checked ? 2 : 1)
      const networks = startNetworks(choice, lanes, study)
      const plane = await planeOf(choice, networks[0].cell)
      if (session.ended) return
      Object.assign(session, {networks, plane})
      result.textContent = words.training
      for (const [frame, epochs] of frameEpochs(Number(choice.epochs[0])).entries()) {
        const due = sleep(reduced ? 0 : FRAME)
        await Promise.all(networks.map(network => advance(network, frame)))
        if (session.ended) return
        show()
        clock.textContent = fill(words.at, {epoch: Number(epochs.toFixed(1)), last: choice.epochs[0]})
        if (!reduced || performance.now() - session.drawn > STILL) await draw(session)
        if (frame === 0) charts.scrollIntoView({block: "nearest"})
        await due
        while (session.paused && !session.ended) await new Promise(resolve => (session.wake = resolve))
        if (session.ended) return
        if (networks.every(({records}) => records.at(-1).diverged)) break
      }
      finish(words.finished)
    } catch (error) {
      if (!session.ended) finish(fill(words.failed, {error: error.message}))
    }
  }

  /** Draw the networks of the choice as they are before training. */
  async function preview() {
    const {choice} = state
    const session = {networks: [], begun: false, ended: true}
    state.training = session
    try {
      await trainerOf(choice.dataset[0]).load()
      const networks = startNetworks(choice, [null, null])
      const plane = await planeOf(choice, networks[0].cell)
      await Promise.all(networks.map(network => advance(network, 0)))
      if (state.training === session) await draw(Object.assign(session, {networks, plane}))
    } catch {} // an attempt to train says what is wrong
  }

  const startNetworks = (choice, lanes, study) =>
    (pairBox.checked ? [0, 1] : [0]).map(i => startNetwork(settingsOf(choice, i), lanes[i], study))

  function startNetwork(settings, lane, study) {
    const cell = cellOf(settings, all)
    const run = {cell, rate: Number(settings.learning_rate), seed: Number(settings.seed)}
    const stream = trainerOf(settings.dataset).train(run, lane)
    const band = study && studyCurves.bandOf(studySettings(cell, settings, all), run.rate, study)
    return {cell, stream, records: [], band}
  }

  /** Train a network up to a frame, unless it has diverged. */
  async function advance({cell, records, stream}, frame) {
    const wanted = cell.records.indexOf(cell.due[frame]) + 1
    while (records.length < wanted && !records.at(-1)?.diverged) {
      const {value, done} = await stream.next()
      if (done) return
      records.push(value)
    }
  }

  function pauseOrResume() {
    const {training} = state
    training.paused = !training.paused
    result.textContent = training.paused ? words.paused : words.training
    training.wake?.()
    show()
  }

  function end(training) {
    training.ended = true
    training.trainer.stop()
    training.wake?.()
  }

  /** End the training, and say what came of it. */
  function finish(message) {
    const {training} = state
    end(training)
    const isTrained = training.networks.length > 0 && training.networks.every(({records}) => records.length)
    if (isTrained) draw(training)
    result.textContent = [message, ...(isTrained ? training.networks.map(summary) : [])].join(" ")
    show()
  }

  // A frame ----------------------------------------------------------------------------------------------------------

  /** Return the test points of a data set in the plane, and the grid over them; null for other data. */
  async function planeOf({dataset: [dataset], seed: [seed]}, cell) {
    if (!all.datasets[dataset].plane) return null
    const {test} = engine.arrays(await engine.DATASETS[dataset](), Number(seed), cell.layers.at(-1), cell.samples)
    const points = test.X.filter((_, i) => i % 3 < 2) // the third input is that of the bias
    const reach = 1.05 * points.reduce((reach, value) => Math.max(reach, Math.abs(value)), 0)
    return {points, labels: test.classes, range: [-reach, reach], grid: gridPoints([-reach, reach])}
  }

  /** Return p of the second class at points (x, y, x, y, …). It pauses after a few of them. */
  function* predictions(cell, parameters, points) {
    const network = new engine.Network(cell, SIDE)
    network.parameters.set(parameters)
    const p = new Float32Array(points.length / 2)
    for (let start = 0; start < p.length; start += SIDE) {
      const batch = Math.min(SIDE, p.length - start)
      for (let i = 0; i < 2 * batch; i++) network.x[0][i + (i >> 1)] = points[2 * start + i]
      network.forward(batch)
      const single = network.classes === 1
      for (let row = 0; row < batch; row++)
        p[start + row] = single ? network.p[row] : (1 + network.p[2 * row + 1] - network.p[2 * row]) / 2
      yield
    }
    return p
  }

  /** Draw the networks of a training, in turns of their own, so that the page stays responsive. */
  async function draw(session) {
    session.drawn = performance.now()
    await sleep(0)
    if (state.training !== session) return
    if (session.begun) drawCharts(session)
    for (const [i, network] of session.networks.entries()) {
      const {plane, facts, band} = screens[i]
      facts.textContent = factsOf(network)
      band.textContent = session.begun ? bandText(network) : ""
      plane.setAttribute("aria-label", `${nameOf(i)}. ${pictureText(network)} ${factsOf(network)}`)
      if (session.plane) await drawNetwork(session, network, plane)
    }
  }

  async function drawNetwork(session, network, canvas) {
    const {parameters, diverged} = network.records.at(-1)
    const goesOn = () => state.training === session
    const predict = points => (diverged ? null : inSlices(predictions(network.cell, parameters, points), goesOn))
    const p = await predict(session.plane.grid)
    const sides = await predict(session.plane.points)
    await sleep(0)
    if (!goesOn()) return
    network.picture = {...session.plane, p, predicted: sides?.map(side => side > 0.5)}
    drawPlane(canvas, state.colours, network.picture)
  }

  const percent = share => fill(words.percent, {value: (100 * share).toFixed(1)})

  /** Return accuracy and loss of a network, or that it diverged, and its dead units, as they are now or were before. */
  function factsOf({records}) {
    const {diverged, epochs} = records.at(-1)
    const {test_accuracy, train_loss, dead_units} = records.findLast(record => !record.diverged) ?? {}
    const parts = diverged
      ? [fill(words.diverged, {epochs: Number(epochs.toFixed(1))})]
      : [fill(words.accuracy, {value: percent(test_accuracy)}), fill(words.loss, {value: train_loss.toPrecision(3)})]
    if (dead_units > 0) parts.push(fill(words.dead, {value: percent(dead_units)}))
    return parts.join(" · ")
  }

  const pictureText = ({records}) => fill(words.picture, {epoch: Number(records.at(-1).epochs.toFixed(1))})

  function bandText({band}) {
    if (band) return fill(words.band, {n: band.n})
    return band === null ? words.bands_failed : words.no_band
  }

  const summary = (network, i) => `${nameOf(i)}: ${factsOf(network)}.`

  // Curves -----------------------------------------------------------------------------------------------------------

  const ACCURACIES = {
    range: [stretch(0), stretch(100)],
    marks: [0, 50, 80, 90, 95, 98, 100].map(mark => [stretch(mark), mark]),
  }

  function drawCharts({networks}) {
    const last = Number(state.choice.epochs[0])
    const x = {range: [0, last], marks: [0, last / 2, last].map(epoch => [epoch, epoch])}
    const rowsOf = ({band}, measure) => band?.[measure].filter(([epochs]) => epochs <= last) ?? []
    const ceiling = 10 * Math.max(...networks.map(({records}) => records[0].train_loss)) // of curves that shoot up
    const lossScale = loss => Math.log10(Math.min(loss, ceiling))
    const losses = networks.flatMap(network => [
      ...network.records.map(record => record.train_loss),
      ...rowsOf(network, "train_loss").flatMap(([, low, high]) => [low, high]),
    ])
    const lossAxis = decades(losses.filter(loss => loss > 0).map(loss => Math.min(loss, ceiling)))

    function chart(title, measure, scale, y) {
      const draw = (tag, kind, points) => [tag, kind, points.map(([epochs, value]) => [epochs, scale(value)])]
      const bands = networks.map((network, i) => {
        const rows = rowsOf(network, measure)
        const edges = [
          ...rows.map(([epochs, low]) => [epochs, low]),
          ...rows.toReversed().map(([epochs, , high]) => [epochs, high]),
        ]
        return draw("polygon", `playground-band-${i + 1}`, edges)
      })
      const lines = networks.map(({records}, i) => {
        const points = records.map(record => [record.epochs, record[measure]])
        return draw("polyline", `film-line-${i + 1}`, points)
      })
      const isDrawn = ([, value]) => Number.isFinite(value)
      const shapes = [...bands, ...lines].map(([tag, kind, points]) => [tag, kind, points.filter(isDrawn)])
      const label = [title, ...networks.map((network, i) => `${nameOf(i)}: ${factsOf(network)}`)].join(". ")
      addChart(charts, {title, label, x, y, shapes})
    }

    charts.replaceChildren()
    chart(words.loss_chart, "train_loss", lossScale, lossAxis)
    chart(words.accuracy_chart, "test_accuracy", share => stretch(100 * share), ACCURACIES)
  }

  // Presets and addresses --------------------------------------------------------------------------------------------

  const presets = new Map([...document.querySelectorAll(".playground-preset")].map(mark => [mark.dataset.preset, mark]))
  const titleOf = mark => document.getElementById(mark.dataset.preset).firstChild.textContent

  /** Take the settings of a preset, and show what to look for. */
  function openPreset(mark) {
    open(readChoice(mark.dataset.settings, all).choice)
    const hint = mark.closest("p").nextElementSibling.cloneNode(true)
    hint.open = false
    task.replaceChildren()
    addElement("p", {parent: task, class: "playground-title", text: titleOf(mark)})
    task.append(hint)
    host.scrollIntoView()
  }

  /** Take the choice that the address describes. */
  function follow({always = false} = {}) {
    const text = location.hash.slice(1)
    if (presets.has(text)) return openPreset(presets.get(text))
    const isPlace = !text || document.getElementById(text) !== null
    if (isPlace && state.choice && !always) return // the reader went to another part of the page
    const {choice, mistakes} = readChoice(isPlace ? "" : text, all)
    task.replaceChildren()
    open(choice, mistakes.length ? fill(words.unknown, {names: mistakes.join(", ")}) : "")
  }

  for (const [id, mark] of presets) {
    const button = addButton(mark, words.load, () => {
      history.replaceState(null, "", `#${id}`)
      openPreset(mark)
      startButton.focus({preventScroll: true})
    })
    button.setAttribute("aria-label", `${words.load}: ${titleOf(mark)}`)
  }
  form.addEventListener("submit", event => {
    event.preventDefault()
    if (isRunning()) pauseOrResume()
    else train()
  })
  const redraw = () => {
    state.colours = coloursOf(host)
    for (const [i, {picture}] of state.training?.networks.entries() ?? [])
      if (picture) drawPlane(screens[i].plane, state.colours, picture)
  }
  new MutationObserver(redraw).observe(document.body, {attributeFilter: ["data-md-color-scheme"]})
  addEventListener("resize", redraw)
  addEventListener("hashchange", () => follow())
  addEventListener("load", () => presets.has(location.hash.slice(1)) && host.scrollIntoView()) // not to its heading
  follow()
})()
