// Activations, losses, initialisations and optimisers: the same formulas, under the same names, as in ontrial/nn. A test
// compares each of them with that package. They compute in float64; the arrays that hold the results round to float32.
globalThis.engine ??= {}
;(engine => {
  const LEAK = 0.01 // slope of the leaky ReLU below zero
  const TINY = 2 ** -126 // the smallest normal float32
  const sigmoid = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z))

  // e^(−x²/2) Σₖ cₖ tᵏ with t = 1 / (1 + px) approximates Φ(−x) for x ≥ 0: p, c₁ … c₇.
  const TAIL = [0.26, 0.103482667, 0.107605712, 0.0712152169, 0.171634587, -0.113358875, 0.23364861, -0.0742279936]
  function normalTail(/** @type {number} */ x) {
    const t = 1 / (1 + TAIL[0] * x)
    let sum = 0
    for (let k = TAIL.length - 1; k > 0; k--) sum = (sum + TAIL[k]) * t
    return sum * Math.exp(-0.5 * x * x)
  }

  /**
   * Activations, where value(z) is a, and slope(z, a) is the derivative.
   * @type {Record<string, {value: (z: number) => number, slope: (z: number, a: number) => number}>}
   */
  const ACTIVATIONS = {
    identity: {value: z => z, slope: () => 1},
    sigmoid: {value: sigmoid, slope: (_, a) => a * (1 - a)},
    tanh: {value: Math.tanh, slope: (_, a) => 1 - a * a},
    relu: {value: z => Math.max(z, 0), slope: z => (z > 0 ? 1 : 0)},
    leaky_relu: {value: z => (z > 0 ? z : LEAK * z), slope: z => (z > 0 ? 1 : LEAK)},
    elu: {value: z => (z > 0 ? z : Math.expm1(z)), slope: z => (z > 0 ? 1 : Math.exp(z))},
    gelu: {
      value: z => Math.max(z, 0) - Math.abs(z) * normalTail(Math.abs(z)),
      slope: (z, a) => (Math.abs(z) < TINY ? 0.5 : a / z) + (z * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI),
    },
    silu: {
      value: z => z * sigmoid(z),
      slope: (z, a) => {
        const s = sigmoid(z)
        return s + a * (1 - s)
      },
    },
    softplus: {value: z => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), slope: sigmoid},
  }

  // What an output predicts decides which cross-entropy it has, and which losses are legal: see ontrial/nn/objectives.py.
  const OUTPUTS = ["softmax", "sigmoid", "identity"]

  /**
   * Losses: the term of an output in a sample's loss, and its derivative, from the prediction p and the target y.
   * @type {Record<string, {term: (p: number, y: number) => number, slope: (p: number, y: number) => number}>}
   */
  const LOSSES = {
    mse: {term: (p, y) => ((p - y) * (p - y)) / 2, slope: (p, y) => p - y},
    // Cross-entropy of a softmax or a sigmoid is computed from z; its derivative by z is this one.
    cross_entropy: {term: () => Number.NaN, slope: (p, y) => p - y},
    mae: {term: (p, y) => Math.abs(p - y), slope: (p, y) => Math.sign(p - y)},
    huber: {
      term: (p, y) => {
        const bounded = Math.min(Math.max(p - y, -1), 1)
        return bounded * (p - y - bounded / 2)
      },
      slope: (p, y) => Math.min(Math.max(p - y, -1), 1),
    },
  }

  /** Replace the outputs' z (B rows of K numbers) by predictions, in `p`. */
  function predict(
    /** @type {string} */ output,
    /** @type {Float32Array} */ z,
    /** @type {Float32Array} */ p,
    /** @type {number} */ batch,
    /** @type {number} */ width,
  ) {
    const size = batch * width
    if (output === "identity") for (let i = 0; i < size; i++) p[i] = z[i]
    else if (output === "sigmoid") for (let i = 0; i < size; i++) p[i] = sigmoid(z[i])
    else
      for (let start = 0; start < size; start += width) {
        const largest = rowMaximum(z, start, width)
        let sum = 0
        for (let i = start; i < start + width; i++) {
          p[i] = Math.exp(z[i] - largest)
          sum += p[i]
        }
        for (let i = start; i < start + width; i++) p[i] /= sum
      }
  }

  function rowMaximum(/** @type {Float32Array} */ z, /** @type {number} */ start, /** @type {number} */ width) {
    let largest = z[start]
    for (let i = start + 1; i < start + width; i++) largest = Math.max(largest, z[i])
    return largest
  }

  /** Return the loss of a batch, summed over its B samples, from z, the predictions p and the targets y. */
  function lossSum(
    /** @type {string} */ output,
    /** @type {string} */ loss,
    /** @type {Float32Array} */ z,
    /** @type {Float32Array} */ p,
    /** @type {Float32Array} */ y,
    /** @type {number} */ batch,
    /** @type {number} */ width,
  ) {
    const {softplus} = ACTIVATIONS
    let total = 0
    for (let start = 0; start < batch * width; start += width)
      if (loss !== "cross_entropy") for (let i = start; i < start + width; i++) total += LOSSES[loss].term(p[i], y[i])
      else if (output === "sigmoid")
        for (let i = start; i < start + width; i++)
          total += y[i] * softplus.value(-z[i]) + (1 - y[i]) * softplus.value(z[i])
      else {
        const largest = rowMaximum(z, start, width)
        let sum = 0
        for (let i = start; i < start + width; i++) sum += Math.exp(z[i] - largest)
        for (let i = start; i < start + width; i++) total -= y[i] * (z[i] - largest - Math.log(sum))
      }
    return total
  }

  /** Write dL/dz of the outputs to `delta`, where L is the mean loss over the batch. */
  function lossGradient(
    /** @type {string} */ output,
    /** @type {string} */ loss,
    /** @type {Float32Array} */ p,
    /** @type {Float32Array} */ y,
    /** @type {Float32Array} */ delta,
    /** @type {number} */ batch,
    /** @type {number} */ width,
  ) {
    const {slope} = LOSSES[loss]
    const size = batch * width
    for (let i = 0; i < size; i++) delta[i] = slope(p[i], y[i]) / batch
    if (loss === "cross_entropy" || output === "identity") return
    if (output === "sigmoid") for (let i = 0; i < size; i++) delta[i] *= p[i] * (1 - p[i])
    else
      for (let start = 0; start < size; start += width) {
        let sum = 0
        for (let i = start; i < start + width; i++) sum += delta[i] * p[i]
        for (let i = start; i < start + width; i++) delta[i] = p[i] * (delta[i] - sum)
      }
  }

  /** @type {Record<string, (inputs: number, outputs: number) => number>} the standard deviation of the weights */
  const INITIALISATIONS = {
    inverse_n: inputs => (1 / inputs) ** 0.5,
    glorot: (inputs, outputs) => (2 / (inputs + outputs)) ** 0.5,
    he: inputs => (2 / inputs) ** 0.5,
  }

  /** Split an initialisation into its name and weight mean: "he_mean-8" → ["he", −8]. */
  function parseInitialisation(/** @type {string} */ initialisation) {
    const [name, mean = "0"] = initialisation.split("_mean")
    return /** @type {const} */ ([name, Number(mean)])
  }

  const [BETA_1, BETA_2, EPSILON] = [0.9, 0.999, 1e-8] // constants of Adam

  /**
   * Optimisers. `step` changes the parameters θ, given their gradients g, which it may overwrite. η is the learning rate,
   * μ the momentum, and t counts updates from 1.
   * states: Number of arrays, as long as θ, that the optimiser keeps.
   * @typedef {(θ: Float32Array, g: Float32Array, η: number, μ: number, t: number, states: Float32Array[]) => void} Step
   * @type {Record<string, {states: number, decoupled?: boolean, step: Step}>}
   */
  const OPTIMISERS = {
    sgd: {
      states: 0,
      step(θ, g, η) {
        for (let i = 0; i < θ.length; i++) θ[i] -= η * g[i]
      },
    },
    momentum: {
      states: 1,
      step(θ, g, η, μ, _, [v]) {
        for (let i = 0; i < θ.length; i++) {
          v[i] = μ * v[i] + η * g[i]
          θ[i] -= v[i]
        }
      },
    },
    nesterov: {
      states: 1,
      step(θ, g, η, μ, _, [v]) {
        for (let i = 0; i < θ.length; i++) {
          v[i] = μ * v[i] + η * g[i]
          θ[i] -= μ * v[i] + η * g[i]
        }
      },
    },
    adam: {
      states: 2,
      decoupled: true,
      step(θ, g, η, _, t, [m, v]) {
        const scale = (1 - BETA_2 ** t) ** -0.5
        const rate = η / (1 - BETA_1 ** t)
        for (let i = 0; i < θ.length; i++) {
          m[i] = BETA_1 * m[i] + (1 - BETA_1) * g[i]
          v[i] = BETA_2 * v[i] + (1 - BETA_2) * g[i] * g[i]
          θ[i] -= (rate * m[i]) / (Math.sqrt(v[i]) * scale + EPSILON)
        }
      },
    },
  }

  Object.assign(engine, {ACTIVATIONS, OUTPUTS, LOSSES, INITIALISATIONS, OPTIMISERS})
  Object.assign(engine, {predict, lossSum, lossGradient, parseInitialisation, TINY})
})(globalThis.engine)
