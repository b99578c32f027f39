// Training, and what is recorded: the same updates and measures as ontrial/nn/training.py and probes.py.
globalThis.engine ??= {}
;(engine => {
  const BLOCK = 64 // samples that are measured at a time
  const PRODUCTS = 2 ** 21 // products of weights in a block, which has fewer samples if the network is wide
  const DEAD = 1e-6 // a unit is dead if its slope is below this for every training sample
  const SATURATED = 0.01 // a unit is saturated, for one sample, if its slope is below this
  const GRADIENT_SAMPLES = 256
  const BINS = 10 // bins of confidence

  /**
   * @typedef {import("./network.js").Architecture & import("./network.js").Optimisation} Settings
   * @typedef {{batchSize: number, records: number[], trainRecords: number[], probes: string[]}} Recipe
   * @typedef {Settings & Recipe & {dataset: string, samples: number, keepsWeights?: boolean}} Cell
   * samples: Size of the training set.
   * records: Numbers of updates after which to measure, ascending from 0.
   * trainRecords: Records that also measure the training set.
   * keepsWeights: Whether records have the `parameters` of the network.
   * @typedef {{updates: number, epochs: number, diverged: boolean, [measure: string]: number | boolean}} Record
   */

  /**
   * Train one network, and yield its records. The generator also yields `undefined` after every update and every
   * measured block, so that a page decides how long to go on.
   * @param {Cell} cell
   * @param {Record<string, import("./data.js").Samples>} sets
   * @param {number} rate
   * @param {number} seed
   * @returns {Generator<Record | undefined, void>}
   */
  function* train(cell, sets, rate, seed) {
    const {batchSize} = cell
    const samples = sets.train
    const network = new engine.Network(cell, Math.max(batchSize, BLOCK))
    yield* network.draw(engine.stream(seed, "weights"))
    const optimiser = new engine.Optimiser(network, cell, rate)
    const random = engine.stream(seed, "batch order")
    const order = new Int32Array(samples.size)
    const updatesPerEpoch = Math.ceil(samples.size / batchSize)
    let start = samples.size // of the next batch
    let diverged = false
    let updates = 0
    for (const [i, due] of cell.records.entries()) {
      for (; updates < due; updates++) {
        if (start >= samples.size) {
          for (let row = 0; row < samples.size; row++) order[row] = row
          random.shuffle(order)
          start = 0
        }
        const batch = Math.min(batchSize, samples.size - start)
        load(network, samples, order, start, batch)
        network.forward(batch)
        optimiser.step(batch)
        start += batch
        yield
      }
      const measures = yield* measure(network, sets, cell, cell.trainRecords.includes(i))
      const losses = [measures.train_loss, measures.validation_loss]
      diverged ||= !network.parameters.every(Number.isFinite)
      diverged ||= losses.some(loss => loss !== undefined && !Number.isFinite(loss))
      for (const name in measures) if (diverged) measures[name] = Number.NaN
      const weights = cell.keepsWeights ? {parameters: network.parameters.slice()} : {}
      yield {updates, epochs: updates / updatesPerEpoch, diverged, ...measures, ...weights}
    }
  }

  /**
   * Copy the samples from `start` to `start + batch` in the order to the inputs and targets of a network.
   * @param {*} network @param {import("./data.js").Samples} samples
   * @param {Int32Array | null} order @param {number} start @param {number} batch
   */
  function load(network, samples, order, start, batch) {
    const x = network.x[0]
    const n = network.inputs[0] + 1
    const k = network.classes
    for (let row = 0; row < batch; row++) {
      const sample = order ? order[start + row] : start + row
      for (let j = 0; j < n; j++) x[row * n + j] = samples.X[sample * n + j]
      for (let j = 0; j < k; j++) network.y[row * k + j] = samples.y[sample * k + j]
    }
  }

  /**
   * Return all measures of a network with its current weights. The generator yields after each block.
   * @param {*} network @param {Record<string, import("./data.js").Samples>} sets @param {Cell} cell
   * @param {boolean} withTrain whether to measure the training set
   * @returns {Generator<undefined, Record<string, number>>}
   */
  function* measure(network, sets, {probes, records}, withTrain) {
    /** @type {Record<string, number>} */
    const measures = {}
    const block = Math.min(BLOCK, Math.max(4, 2 ** Math.floor(Math.log2(PRODUCTS / network.parameters.length))))
    const trains = records.at(-1) > 0 // otherwise, nothing chooses or judges the networks
    for (const name of ["train", "validation", "test", "groups"]) {
      const samples = sets[name]
      if (!samples || (name === "train" ? !withTrain : !trains)) continue
      if (name === "groups" && !probes.includes("groups")) continue
      const active = Object.entries(PROBES).filter(([probe, {of}]) => probes.includes(probe) && of.includes(name))
      const totals = active.map(([, probe]) => probe.start(network))
      let loss = 0
      let correct = 0
      for (let start = 0; start < samples.size; start += block) {
        const batch = Math.min(block, samples.size - start)
        load(network, samples, null, start, batch)
        network.forward(batch)
        loss += batch * network.loss(batch)
        for (let row = 0; row < batch; row++) correct += Number(network.predicted(row) === samples.classes[start + row])
        active.forEach(([, probe], i) => {
          probe.add(totals[i], network, batch)
        })
        yield
      }
      if (name !== "groups") {
        measures[`${name}_loss`] = loss / samples.size
        measures[`${name}_accuracy`] = correct / samples.size
      }
      for (const [i, [, probe]] of active.entries())
        for (const [key, value] of Object.entries(probe.result(totals[i], samples.size)))
          measures[name === "train" || name === "groups" ? key : `${name}_${key}`] = value
    }
    return measures
  }

  const mean = numbers => numbers.reduce((sum, number) => sum + number, 0) / numbers.length
  const byLayer = (name, shares) =>
    Object.fromEntries([[name, mean(shares)], ...shares.map((share, i) => [`${name}_${i + 1}`, share])])

  // Measures besides loss and accuracy, and their sets. Gradients come last, because they overwrite the deltas.
  /** @type {Record<string, {of: string[], start: Function, add: Function, result: Function}>} */
  const PROBES = {
    probabilities: {
      of: ["validation", "test"],
      start({architecture}) {
        const nothing = architecture.output === "identity" ? Number.NaN : 0 // real numbers are not probabilities
        return {nll: nothing, gaps: new Float64Array(BINS).fill(nothing)}
      },
      add(total, network, batch) {
        const {p, y, classes} = network
        if (Number.isNaN(total.nll)) return
        total.nll += batch * network.loss(batch, "cross_entropy")
        for (let row = 0; row < batch; row++) {
          const best = network.predicted(row)
          const confidence = classes === 1 ? Math.max(p[row], 1 - p[row]) : p[row * classes + best]
          const isCorrect = best === engine.classOf(y, row * classes, classes)
          total.gaps[Math.min(Math.floor(BINS * confidence), BINS - 1)] += Number(isCorrect) - confidence
        }
      },
      result: ({nll, gaps}, size) => ({
        nll: nll / size,
        calibration_error: gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / size,
      }),
    },
    groups: {
      of: ["groups"],
      start: () => ({error: 0}),
      add(total, {p, y, classes}, batch) {
        for (let row = 0; row < batch; row++)
          total.error += Math.abs(p[(row + 1) * classes - 1] - y[(row + 1) * classes - 1])
      },
      result: ({error}, size) => ({group_error: error / size}),
    },
    units: {
      of: ["train"],
      start: network => ({
        largest: network.outputs.slice(0, -1).map(n => new Float32Array(n)),
        saturated: network.outputs.slice(0, -1).map(() => 0),
      }),
      add({largest, saturated}, network, batch) {
        const {slope} = engine.ACTIVATIONS[network.architecture.activation]
        for (let layer = 0; layer < network.depth - 1; layer++) {
          const n = network.outputs[layer]
          for (let i = 0; i < batch * n; i++) {
            const a = network.x[layer + 1][i + Math.floor(i / n)]
            const size = Math.abs(slope(network.z[layer][i], a))
            largest[layer][i % n] = Math.max(largest[layer][i % n], size)
            if (size < SATURATED) saturated[layer]++
          }
        }
      },
      result: ({largest, saturated}, size) => ({
        ...byLayer(
          "dead_units",
          largest.map(slopes => slopes.filter(slope => slope < DEAD).length / slopes.length),
        ),
        ...byLayer(
          "saturation",
          saturated.map((count, layer) => count / (size * largest[layer].length)),
        ),
      }),
    },
    gradients: {
      of: ["train"],
      start: network => ({squares: network.outputs.map(() => 0), samples: 0}),
      add(total, network, batch) {
        if (total.samples >= GRADIENT_SAMPLES) return
        network.deltas(batch, 1) // of single samples
        network.delta.forEach((delta, layer) => {
          for (let i = 0; i < batch * network.outputs[layer]; i++) total.squares[layer] += delta[i] ** 2
        })
        total.samples += batch
      },
      result: ({squares, samples}) =>
        Object.fromEntries(squares.map((square, layer) => [`gradient_norm_${layer + 1}`, Math.sqrt(square / samples)])),
    },
  }

  /** @type {Map<string, Promise<import("./data.js").Dataset>>} */
  const datasets = new Map()

  /** Return the training of one network. @param {{cell: Cell, rate: number, seed: number}} run */
  async function start({cell, rate, seed}) {
    if (!datasets.has(cell.dataset)) datasets.set(cell.dataset, Promise.resolve(engine.DATASETS[cell.dataset]()))
    const dataset = await datasets.get(cell.dataset)
    const sets = engine.arrays(dataset, seed, cell.layers.at(-1), cell.samples)
    return train(cell, sets, rate, seed)
  }

  Object.assign(engine, {train, start, PROBES})
})(globalThis.engine)
