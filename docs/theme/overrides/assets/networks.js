// Networks as the playground shows them: their outputs on a plane of two inputs, and their measures.
;(() => {
  const BATCH = 64 // points that are computed at a time
  const {fill} = globalThis.elements

  /**
   * Return the outputs of a network for samples, whose inputs follow one another: the class of each, p of the second class
   * if there are two, and the outputs of each hidden layer (n × width, flat). The computation pauses after every few samples.
   * @param {import("./engine/network.js").Architecture} architecture @param {Float32Array} parameters
   * @param {Float32Array} inputs
   */
  function* evaluate(architecture, parameters, inputs) {
    const network = new engine.Network(architecture, BATCH)
    network.parameters.set(parameters)
    const features = architecture.layers[0]
    const size = inputs.length / features
    const hidden = architecture.layers.slice(1, -1).map(width => new Float32Array(size * width))
    const p = new Float32Array(size)
    const classes = new Uint8Array(size)
    for (let start = 0; start < size; start += BATCH) {
      const batch = Math.min(BATCH, size - start)
      // The input after those of a sample is 1.
      for (let i = 0; i < batch * features; i++)
        network.x[0][i + Math.floor(i / features)] = inputs[start * features + i]
      network.forward(batch)
      for (let row = 0; row < batch; row++) {
        p[start + row] = network.classes === 1 ? network.p[row] : (1 + network.p[2 * row + 1] - network.p[2 * row]) / 2
        classes[start + row] = network.predicted(row)
      }
      for (const [layer, outputs] of hidden.entries()) {
        const width = network.outputs[layer]
        for (let i = 0; i < batch * width; i++)
          outputs[start * width + i] = network.x[layer + 1][i + Math.floor(i / width)]
      }
      yield
    }
    return {classes, ...(network.classes > 2 ? {} : {p}), hidden}
  }

  /** Return the weights [inputs][outputs] and the biases of each layer, as parts of the parameters. */
  function layersOf(layers, parameters) {
    let end = 0
    return layers.slice(1).map((outputs, i) => {
      const rows = Array.from({length: layers[i] + 1}, () => {
        end += outputs
        return parameters.subarray(end - outputs, end)
      })
      return {weights: rows.slice(0, -1), biases: rows.at(-1)}
    })
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

  globalThis.networks = {evaluate, layersOf, measureTexts}
})()
