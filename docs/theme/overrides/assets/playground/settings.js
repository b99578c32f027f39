// The settings of the playground, as addresses name them, as the engine takes them, and as the study names them.
;(() => {
  const FRAMES = 60 // largest number of pictures of a training
  const SEED = /^\d{1,9}$/

  // The choice of a reader: the value of each setting as a text, in a list: one for both networks, or one for each.

  /**
   * Return the choice that a text such as "dataset=xor&depth=0,1" describes, and its unknown names.
   * Settings that are missing or impossible have their values in `start`.
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

  /** Return the text of a choice, which names the differences from `start`. */
  function choiceText(choice, {start}) {
    const entries = Object.entries(choice).filter(([name, values]) => values.join() !== `${start[name]}`)
    return new URLSearchParams(entries.map(([name, values]) => [name, values.join()])).toString().replaceAll("%2C", ",")
  }

  const settingsOf = (choice, i) =>
    Object.fromEntries(Object.entries(choice).map(([name, list]) => [name, list[i] ?? list[0]]))

  /** Return the epochs at which networks are drawn, which are denser at the start, where most happens. */
  const frameEpochs = epochs => Array.from({length: FRAMES + 1}, (_, i) => epochs * (i / FRAMES) ** 1.5)

  /** Return the cell with which the engine trains a network with these settings, of which `all` has the possible values. */
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

  globalThis.playgroundSettings = {SEED, readChoice, choiceText, settingsOf, cellOf, studySettings, frameEpochs}
})()
