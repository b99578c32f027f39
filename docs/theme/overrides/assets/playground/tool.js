// The playground: train one or two networks of the reader's choice, and draw them as they learn.
;(() => {
  const FRAME = 50 // milliseconds, shortest time that a picture stays
  const STILL = 1000 // the same for readers who want less motion
  const {fill, element, onNewWidth} = globalThis.elements
  const {coloursOf, legend: legendOf} = globalThis.plane
  const {settingsOf, cellOf, frameEpochs} = globalThis.playgroundSettings
  const {screen, factsOf, sceneOf, pictureOf, drawScreen, showFacts, curves} = globalThis.playgroundScreens
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches

  /**
   * Fill an element with the playground, and return functions that show a choice.
   * all, words: Data and texts of book/teaching/pages_playground.py.
   * trainer: Function from the names of data files to a trainer whose networks need them.
   * reset: Function that goes back to where the reader started.
   * task: Element above the networks, if there is any.
   * chosen: Function that is called with a choice that the reader made.
   * told: Function that is called whenever something changes, with the choice, its networks as far as they are trained, and
   *   whether they are training.
   */
  function createPlayground(host, all, words, {trainer, reset, task, chosen = () => {}, told = () => {}}) {
    // Elements --------------------------------------------------------------------------------------------------------

    const notice = element("p", {class: "film-notice", role: "status"})
    const form = globalThis.playgroundForm.createForm(all, words, {
      change: takeChoice,
      submit: () => (isRunning() ? pauseOrResume() : train()),
      stop: () => finish(words.stopped),
      reset,
    })
    const screens = [screen(1), screen(2)]
    const stage = element("div", {class: "film-stage"}, ...screens.map(({root}) => root))
    const planeLegend = legendOf(words)
    const digitsLegend = element("p", {class: "film-legend"}, words.misread)
    const weightsLegend = element("p", {class: "film-legend"}, words.weights)
    const charts = element("div", {class: "film-charts"})
    const result = element("p", {class: "playground-result", role: "status"})
    const legends = element("div", {class: "playground-legends"}, planeLegend, digitsLegend, weightsLegend)
    host.append(
      element("div", {class: "playground-stage"}, task, notice, form.bar, stage, legends, charts, result),
      form.form,
    )

    // choice: Choice of the reader.
    // training: Training of the networks, which may only be drawn, or null.
    const state = {choice: null, training: null, colours: coloursOf(host)}
    const trainers = {}
    const trainerOf = dataset => (trainers[dataset] ??= trainer(all.datasets[dataset].files))
    const isRunning = () => state.training !== null && !state.training.ended
    const isPair = () => form.pairBox.checked
    const hasPlane = () => all.datasets[state.choice.dataset[0]].plane
    const labelOf = (name, value) => all.choices[name].find(([possible]) => `${possible}` === value)[1]

    /** Return the name of a network, which has the settings that distinguish it from the other. */
    function nameOf(i) {
      const different = Object.entries(state.choice).filter(([, values]) => values.length > 1)
      const parts = different.map(([name, values]) => `${words.settings[name]} ${labelOf(name, values[i])}`)
      return [[words.first, words.second][i], parts.join(", ")].filter(Boolean).join(": ")
    }

    /** Bring the page in line with the choice and the training. */
    function show() {
      const {choice, training} = state
      form.show(choice, training)
      screens[1].root.hidden = !isPair()
      planeLegend.hidden = !hasPlane()
      digitsLegend.hidden = hasPlane()
      for (const [i, {heading, diagram, plane}] of screens.entries()) {
        const phrases = nameOf(i).split(/(?<=[:,] )/)
        heading.replaceChildren(...phrases.map(phrase => element("span", phrase)))
        for (const canvas of [diagram, plane])
          if (!training?.networks.length) canvas.setAttribute("aria-label", nameOf(i))
      }
      told({choice, networks: training?.begun ? training.networks : [], isRunning: isRunning()})
    }

    const layersOf = i => cellOf(settingsOf(state.choice, i), all).layers

    /** Draw the screens: networks as far as they have been computed, else units without weights. */
    function drawScreens() {
      for (const [i, each] of screens.entries())
        if (!each.root.hidden) drawScreen(each, state.colours, layersOf(i), state.training?.networks[i]?.picture)
    }

    function drawCurves(networks) {
      const {dataset, epochs} = state.choice
      const {tests} = all.datasets[dataset[0]]
      const names = networks.map((_, i) => nameOf(i))
      charts.replaceChildren(...curves(networks, names, Number(epochs[0]), tests, all.errors, words))
    }

    /** Take a choice, and forget the training of another one. */
    function choose(choice, message = "") {
      if (isRunning()) end(state.training)
      Object.assign(state, {choice, training: null})
      notice.textContent = message
      result.textContent = form.clock.textContent = ""
      for (const {facts} of screens) facts.textContent = ""
      show()
      drawScreens()
      drawCurves([])
      if (hasPlane()) preview()
    }

    /** Show a choice, with two networks if they differ. */
    function open(choice, message) {
      form.pairBox.checked = Object.values(choice).some(values => values.length > 1)
      choose(choice, message)
    }

    /** Take the choice that the reader made with the controls. */
    function takeChoice() {
      const {seed, ...choice} = form.read()
      choose({...choice, seed: seed ?? state.choice.seed}, seed ? "" : words.no_seed)
      chosen(state.choice)
    }

    // Training --------------------------------------------------------------------------------------------------------

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
        if (session.ended) return
        await prepare(session, choice, trainer.lanes(isPair() ? 2 : 1))
        if (session.ended) return
        const {networks} = session
        result.textContent = words.training
        for (const [frame, epochs] of frameEpochs(Number(choice.epochs[0])).entries()) {
          const due = sleep(reduced ? 0 : FRAME)
          await Promise.all(networks.map(network => advance(network, frame)))
          if (session.ended) return
          show()
          form.clock.textContent = fill(words.at, {epoch: Number(epochs.toFixed(1)), last: choice.epochs[0]})
          if (!reduced || performance.now() - session.drawn > STILL) await draw(session)
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
        await prepare(session, choice, [null, null])
        await Promise.all(session.networks.map(network => advance(network, 0)))
        if (state.training === session) await draw(session)
      } catch {} // an attempt to train shows the error
    }

    /** Start the networks of a session in these lanes, and look up what they are shown with. */
    async function prepare(session, choice, lanes) {
      const networks = (isPair() ? [0, 1] : [0]).map(i => startNetwork(settingsOf(choice, i), lanes[i]))
      const scene = await sceneOf(networks[0].cell, Number(choice.seed[0]))
      Object.assign(session, {networks, scene})
    }

    function startNetwork(settings, lane) {
      const cell = cellOf(settings, all)
      const run = {cell, rate: Number(settings.learning_rate), seed: Number(settings.seed)}
      const stream = trainerOf(settings.dataset).train(run, lane)
      return {cell, stream, records: []}
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

    /** End the training, and report its result. */
    function finish(message) {
      const {training} = state
      end(training)
      const isTrained = training.networks.length > 0 && training.networks.every(({records}) => records.length)
      if (isTrained) draw(training)
      const summary = (network, i) => `${nameOf(i)}: ${factsOf(network, words)}.`
      result.textContent = [message, ...(isTrained ? training.networks.map(summary) : [])].join(" ")
      show()
    }

    /** Draw the networks of a training, in turns of their own, so that the page stays responsive. */
    async function draw(session) {
      const goesOn = () => state.training === session
      session.drawn = performance.now()
      await sleep(0)
      if (!goesOn()) return
      if (session.begun) drawCurves(session.networks)
      for (const [i, network] of session.networks.entries()) {
        showFacts(screens[i], network, nameOf(i), words)
        const picture = await pictureOf(network, session.scene, goesOn)
        await sleep(0)
        if (!picture || !goesOn()) return
        network.picture = picture
        drawScreen(screens[i], state.colours, network.cell.layers, picture)
      }
    }

    const redraw = () => {
      state.colours = coloursOf(host)
      drawScreens()
    }
    onNewWidth(host, redraw)

    return {open, redraw, choice: () => state.choice, start: form.startButton}
  }

  globalThis.playgroundTool = {createPlayground}
})()
