// Networks as films and the playground show them: their outputs on a plane of two inputs, and their measures.
;(() => {
  const BATCH = 64 // points that are computed at a time
  const {fill} = globalThis.elements

  /**
   * Return the outputs of a network for points (x, y, x, y, …): p of the second class, and the outputs of each hidden layer
   * (n × width, flat). The computation pauses after every few points.
   * @param {import("./engine/network.js").Architecture} architecture @param {Float32Array} parameters
   * @param {Float32Array} points
   */
  function* evaluate(architecture, parameters, points) {
    const network = new engine.Network(architecture, BATCH)
    network.parameters.set(parameters)
    const size = points.length / 2
    const hidden = architecture.layers.slice(1, -1).map(width => new Float32Array(size * width))
    const p = new Float32Array(size)
    for (let start = 0; start < size; start += BATCH) {
      const batch = Math.min(BATCH, size - start)
      for (let i = 0; i < 2 * batch; i++) network.x[0][i + (i >> 1)] = points[2 * start + i] // the third input is 1
      network.forward(batch)
      for (let row = 0; row < batch; row++)
        p[start + row] = network.classes === 1 ? network.p[row] : (1 + network.p[2 * row + 1] - network.p[2 * row]) / 2
      for (const [layer, outputs] of hidden.entries()) {
        const width = network.outputs[layer]
        for (let i = 0; i < batch * width; i++)
          outputs[start * width + i] = network.x[layer + 1][i + Math.floor(i / width)]
      }
      yield
    }
    return {p, hidden}
  }

  /** Return measures of a network as texts. Undefined values and null are left out. */
  function measureTexts(words, {test_accuracy, train_loss, dead_units}) {
    const percent = share => fill(words.percent, {value: (100 * share).toFixed(1)})
    const text = (pattern, number, format) =>
      number === undefined || number === null ? [] : [fill(pattern, {value: format(number)})]
    return [
      ...text(words.accuracy, test_accuracy, percent),
      ...text(words.loss, train_loss, loss => loss.toPrecision(3)),
      ...text(words.dead, dead_units, percent),
    ]
  }

  globalThis.networks = {evaluate, measureTexts}
})()
