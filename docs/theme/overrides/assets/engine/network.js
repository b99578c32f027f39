// A network on float32 arrays: its weights, passes and updates. Nothing is allocated after its constructor.
globalThis.engine ??= {}
;(engine => {
  const {ACTIVATIONS, INITIALISATIONS, OPTIMISERS} = engine

  /**
   * Compute C = A B for A (rows × inner), B (inner × columns) and C (rows × columns). The strides aRow and aInner are the
   * distances of neighbours in A, so that it may be transposed; bInner is that of rows in B. Four sums of a row are kept in
   * registers, which is more than twice as fast as one at a time.
   * @param {Float32Array} A @param {number} aRow @param {number} aInner
   * @param {Float32Array} B @param {number} bInner @param {Float32Array} C
   * @param {number} rows @param {number} inner @param {number} columns
   */
  function multiply(A, aRow, aInner, B, bInner, C, rows, inner, columns) {
    const tiled = columns - (columns % 4)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < tiled; j += 4) {
        let [s0, s1, s2, s3] = [0, 0, 0, 0]
        for (let k = 0, a = i * aRow, b = j; k < inner; k++, a += aInner, b += bInner) {
          s0 += A[a] * B[b]
          s1 += A[a] * B[b + 1]
          s2 += A[a] * B[b + 2]
          s3 += A[a] * B[b + 3]
        }
        const c = i * columns + j
        C[c] = s0
        C[c + 1] = s1
        C[c + 2] = s2
        C[c + 3] = s3
      }
      for (let j = tiled; j < columns; j++) {
        let sum = 0
        for (let k = 0, a = i * aRow, b = j; k < inner; k++, a += aInner, b += bInner) sum += A[a] * B[b]
        C[i * columns + j] = sum
      }
    }
  }

  /**
   * Return where a network keeps its arrays: `array` returns the next one, `multiply` the product of such arrays.
   * products.js has a faster one for workers.
   * @param {number[]} _lengths of all arrays, in their order
   */
  function memory(_lengths) {
    return {array: length => new Float32Array(length), multiply}
  }

  /**
   * Write the transpose of A (rows × columns).
   * @param {Float32Array} A @param {number} rows @param {number} columns @param {Float32Array} turned
   */
  function transpose(A, rows, columns, turned) {
    for (let i = 0, a = 0; i < rows; i++) for (let j = 0; j < columns; j++, a++) turned[j * rows + i] = A[a]
  }

  /**
   * @typedef {object} Architecture
   * @property {number[]} layers widths from the inputs to the outputs
   * @property {string} activation @property {string} output @property {string} loss names in ontrial/nn
   * @property {string} initialisation such as "he" or "he_mean-8"
   * @typedef {object} Optimisation
   * @property {string} optimiser @property {number} momentum @property {number} weightDecay
   */

  /**
   * Arrays of each layer: x (B × (n_in + 1)), its inputs followed by a 1, whose weight is the bias; z and delta = dL/dz
   * (B × n_out); W and dW ((n_in + 1) × n_out), views of all parameters and all gradients. p and y: (B × K).
   */
  class Network {
    /** @param {Architecture} architecture @param {number} batch the largest batch */
    constructor(architecture, batch) {
      const {layers} = architecture
      this.architecture = architecture
      this.inputs = layers.slice(0, -1)
      this.outputs = layers.slice(1)
      this.depth = this.outputs.length
      this.classes = layers[this.depth]
      const sizes = this.inputs.map((n, layer) => (n + 1) * this.outputs[layer])
      const starts = sizes.map((_, layer) => sizes.slice(0, layer).reduce((sum, size) => sum + size, 0))
      const size = starts[this.depth - 1] + sizes[this.depth - 1]
      const z = this.outputs.map(n => batch * n)
      const lengths = [this.inputs.map(n => batch * (n + 1)), z, z, [size, size, Math.max(...sizes)]]
      const {array, multiply} = engine.memory(lengths.flat())
      const [x, ...others] = lengths.map(group => group.map(array))
      this.x = x.map(inputs => inputs.fill(1))
      ;[this.z, this.delta, [this.parameters, this.gradients, this.turned]] = others
      this.multiply = multiply
      this.p = new Float32Array(batch * this.classes)
      this.y = new Float32Array(batch * this.classes)
      this.W = starts.map((start, layer) => this.parameters.subarray(start, start + sizes[layer]))
      this.dW = starts.map((start, layer) => this.gradients.subarray(start, start + sizes[layer]))
    }

    /** Draw the initial weights, layer by layer; it yields so that a page can stay responsive. */
    *draw(random) {
      const [name, mean] = engine.parseInitialisation(this.architecture.initialisation)
      for (let layer = 0; layer < this.depth; layer++) {
        const deviation = INITIALISATIONS[name](this.inputs[layer], this.outputs[layer])
        const W = this.W[layer]
        const weights = this.inputs[layer] * this.outputs[layer] // the biases stay 0
        for (let i = 0; i < weights; i++) {
          W[i] = mean / this.inputs[layer] + deviation * random.normal()
          if (i % 10_000 === 0) yield
        }
      }
    }

    /** Compute z, a and the predictions of the inputs in x[0]. */
    forward(batch) {
      const {value} = ACTIVATIONS[this.architecture.activation]
      for (let layer = 0; layer < this.depth; layer++) {
        const n = this.inputs[layer] + 1
        const m = this.outputs[layer]
        const z = this.z[layer]
        this.multiply(this.x[layer], n, 1, this.W[layer], m, z, batch, n, m)
        if (layer === this.depth - 1) break
        const a = this.x[layer + 1]
        for (let row = 0; row < batch; row++) for (let j = 0; j < m; j++) a[row * (m + 1) + j] = value(z[row * m + j])
      }
      engine.predict(this.architecture.output, this.z[this.depth - 1], this.p, batch, this.classes)
    }

    /**
     * Compute scale · dL/dz of every layer, where L is the sum of the losses divided by `samples`. Call `forward` before.
     * @param {number} batch @param {number} samples
     */
    deltas(batch, samples, scale = 1) {
      const {output, loss} = this.architecture
      const last = this.delta[this.depth - 1]
      engine.lossGradient(output, loss, this.p, this.y, last, batch, this.classes, samples, scale)
      this.propagate(batch)
    }

    /** Compute the deltas of the other layers from that of the last one. */
    propagate(batch) {
      const {slope} = ACTIVATIONS[this.architecture.activation]
      for (let layer = this.depth - 1; layer > 0; layer--) {
        const n = this.inputs[layer]
        const m = this.outputs[layer]
        const [delta, z, a] = [this.delta[layer - 1], this.z[layer - 1], this.x[layer]]
        transpose(this.W[layer], n, m, this.turned) // without the biases, its last row
        this.multiply(this.delta[layer], m, 1, this.turned, n, delta, batch, m, n)
        for (let row = 0; row < batch; row++)
          for (let j = 0; j < n; j++) delta[row * n + j] *= slope(z[row * n + j], a[row * (n + 1) + j])
      }
    }

    /**
     * Compute scale times the gradients of the mean loss by all parameters. Call `forward` before. As in
     * ontrial/nn/samples.py, a batch of one sample takes it twice.
     */
    backward(batch, scale = 1) {
      this.deltas(batch, Math.max(batch, 2), scale)
      this.collect(batch)
    }

    /** Compute the gradients from the deltas. */
    collect(batch) {
      const samples = Math.max(batch, 2)
      const next = Math.min(batch - 1, 1) // number of rows to the next sample
      for (let layer = 0; layer < this.depth; layer++) {
        const n = this.inputs[layer] + 1
        const m = this.outputs[layer]
        this.multiply(this.x[layer], 1, next * n, this.delta[layer], next * m, this.dW[layer], n, samples, m)
      }
    }

    /** Return the mean loss over a batch. Call `forward` before. */
    loss(batch, loss = this.architecture.loss) {
      const {output} = this.architecture
      return engine.lossSum(output, loss, this.z[this.depth - 1], this.p, this.y, batch, this.classes) / batch
    }

    /** Return the class that the network predicts for a row of the batch. A single output stands for class 1 above ½. */
    predicted(row) {
      // Softmax keeps the order of z, but its rounding can make two of them equal
      const scores = this.architecture.output === "softmax" && this.classes > 1 ? this.z[this.depth - 1] : this.p
      return engine.classOf(scores, row * this.classes, this.classes)
    }
  }

  /** Return the class of one row of outputs or targets. */
  function classOf(values, start, width) {
    if (width === 1) return values[start] > 0.5 ? 1 : 0
    let best = 0
    for (let k = 1; k < width; k++) if (values[start + k] > values[start + best]) best = k
    return best
  }

  class Optimiser {
    /** @param {Network} network @param {Optimisation} optimisation @param {number} rate */
    constructor(network, {optimiser, momentum, weightDecay}, rate) {
      this.network = network
      this.rule = OPTIMISERS[optimiser]
      this.rate = rate
      this.momentum = momentum
      this.weightDecay = weightDecay
      this.isPlain = optimiser === "sgd" && !weightDecay // as in ontrial/nn, its gradients are scaled by the rate
      this.states = Array.from({length: this.rule.states}, () => new Float32Array(network.parameters.length))
      this.updates = 0
    }

    /** Update the parameters with a batch. Call the network's `forward` before. */
    step(batch) {
      const {network, rule, rate, weightDecay} = this
      network.backward(batch, this.isPlain ? rate : 1)
      if (weightDecay)
        for (let layer = 0; layer < network.depth; layer++) {
          const [W, dW] = [network.W[layer], network.dW[layer]]
          const weights = network.inputs[layer] * network.outputs[layer] // not the biases
          const share = rate * weightDecay
          for (let i = 0; i < weights; i++)
            if (rule.decoupled) W[i] -= share * W[i]
            else dW[i] += weightDecay * W[i]
        }
      this.updates++
      const {parameters, gradients} = network
      rule.step(parameters, gradients, this.isPlain ? 1 : rate, this.momentum, this.updates, this.states)
    }
  }

  Object.assign(engine, {multiply, memory, Network, Optimiser, classOf})
})(globalThis.engine)
