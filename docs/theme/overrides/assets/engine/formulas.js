// Activations, losses, initialisations and optimisers: the same formulas, under the same names, as in ontrial/nn. Arrays are
// float32, as in NumPy. A test trains the same networks in both, and states how far their weights may be apart.
globalThis.engine ??= {}
;(engine => {
  const {exp, expm1, log1p, sqrt, tanh} = Math
  const LEAK = 0.01 // slope of the leaky ReLU below zero
  const TINY = 2 ** -126 // the smallest normal float32

  // Activations ------------------------------------------------------------------------------------------------------

  const sigmoid = z => 1 / (1 + exp(-z))

  // e^(−x²/2) Σₖ cₖ tᵏ with t = 1 / (1 + px) approximates Φ(−x) for x ≥ 0: p, c₁ … c₇.
  const TAIL = [0.26, 0.103482667, 0.107605712, 0.0712152169, 0.171634587, -0.113358875, 0.23364861, -0.0742279936]
  const DENSITY = 1 / sqrt(2 * Math.PI)
  const bell = x => exp(-0.5 * x * x)

  function normalTail(x) {
    const t = 1 / (1 + TAIL[0] * x)
    let sum = TAIL[7] * t
    for (let k = 6; k > 0; k--) sum = (sum + TAIL[k]) * t
    return sum * bell(x)
  }

  /**
   * Activations, where value(z) is a, and slope(z, a) is the derivative. `numpy` is the same in NumPy, for the code that
   * the playground saves.
   * @type {Record<string, {value: (z: number) => number, slope: (z: number, a: number) => number, numpy: string}>}
   */
  const ACTIVATIONS = {
    identity: {value: z => z, slope: () => 1, numpy: "z"},
    sigmoid: {value: sigmoid, slope: (_, a) => a * (1 - a), numpy: "np.exp(-np.logaddexp(0, -z))"},
    tanh: {value: tanh, slope: (_, a) => 1 - a * a, numpy: "np.tanh(z)"},
    relu: {value: z => Math.max(z, 0), slope: z => (z > 0 ? 1 : 0), numpy: "np.maximum(z, 0)"},
    leaky_relu: {
      value: z => (z > 0 ? z : LEAK * z),
      slope: z => (z > 0 ? 1 : LEAK),
      numpy: "np.where(z > 0, z, 0.01 * z)",
    },
    elu: {
      value: z => (z > 0 ? z : Math.max(z, expm1(z))),
      slope: z => (z > 0 ? 1 : exp(z)),
      numpy: "np.where(z > 0, z, np.expm1(np.minimum(z, 0)))",
    },
    gelu: {
      value: z => Math.max(z, 0) - Math.abs(z) * normalTail(Math.abs(z)),
      slope: (z, a) => (Math.abs(z) < TINY ? 0.5 : a / z) + z * bell(z) * DENSITY,
      numpy: "z * (1 + np.vectorize(math.erf)(z / 2**0.5)) / 2",
    },
    silu: {
      value: z => z * sigmoid(z),
      slope: (z, a) => {
        const s = sigmoid(z)
        return s + a * (1 - s)
      },
      numpy: "z * np.exp(-np.logaddexp(0, -z))",
    },
    softplus: {
      value: z => Math.max(z, 0) + log1p(exp(-Math.abs(z))),
      slope: sigmoid,
      numpy: "np.logaddexp(0, z)",
    },
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

  /**
   * Replace the outputs' z (B rows of K numbers) by predictions, in `p`.
   * @param {string} output @param {Float32Array} z @param {Float32Array} p @param {number} batch @param {number} width
   */
  function predict(output, z, p, batch, width) {
    const size = batch * width
    if (output === "identity") for (let i = 0; i < size; i++) p[i] = z[i]
    else if (output === "sigmoid") for (let i = 0; i < size; i++) p[i] = sigmoid(z[i])
    else
      for (let start = 0; start < size; start += width) {
        const largest = rowMaximum(z, start, width)
        let sum = 0
        for (let i = start; i < start + width; i++) {
          p[i] = exp(z[i] - largest)
          sum += p[i]
        }
        for (let i = start; i < start + width; i++) p[i] /= sum
      }
  }

  function rowMaximum(z, start, width) {
    let largest = z[start]
    for (let i = start + 1; i < start + width; i++) largest = Math.max(largest, z[i])
    return largest
  }

  /**
   * Return the loss of a batch, summed over its B samples, from z, the predictions p and the targets y.
   * @param {string} output @param {string} loss
   * @param {Float32Array} z @param {Float32Array} p @param {Float32Array} y @param {number} batch @param {number} width
   */
  function lossSum(output, loss, z, p, y, batch, width) {
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
        for (let i = start; i < start + width; i++) sum += exp(z[i] - largest)
        for (let i = start; i < start + width; i++) total -= y[i] * (z[i] - largest - Math.log(sum))
      }
    return total
  }

  /**
   * Write scale · dL/dz of the outputs to `delta`, where L is the sum of the losses divided by `samples`.
   * @param {string} output @param {string} loss
   * @param {Float32Array} p @param {Float32Array} y @param {Float32Array} delta
   * @param {number} batch @param {number} width @param {number} samples @param {number} scale
   */
  function lossGradient(output, loss, p, y, delta, batch, width, samples, scale) {
    const {slope} = LOSSES[loss]
    const size = batch * width
    for (let i = 0; i < size; i++) delta[i] = slope(p[i], y[i]) / samples
    if (loss !== "cross_entropy" && output === "sigmoid") for (let i = 0; i < size; i++) delta[i] *= p[i] * (1 - p[i])
    if (loss !== "cross_entropy" && output === "softmax")
      for (let start = 0; start < size; start += width) {
        let sum = 0
        for (let i = start; i < start + width; i++) sum = sum + delta[i] * p[i]
        for (let i = start; i < start + width; i++) delta[i] = p[i] * (delta[i] - sum)
      }
    for (let i = 0; i < size; i++) delta[i] *= scale
  }

  /** @type {Record<string, (inputs: number, outputs: number) => number>} the standard deviation of the weights */
  const INITIALISATIONS = {
    inverse_n: inputs => sqrt(1 / inputs),
    glorot: (inputs, outputs) => sqrt(2 / (inputs + outputs)),
    he: inputs => sqrt(2 / inputs),
  }

  /** Split an initialisation into its name and weight mean: "he_mean-8" → ["he", −8]. */
  function parseInitialisation(initialisation) {
    const [name, mean = "0"] = initialisation.split("_mean")
    return [name, Number(mean)]
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
          const step = η * g[i]
          v[i] = μ * v[i] + step
          θ[i] -= step + μ * v[i]
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
          θ[i] -= (rate * m[i]) / (scale * sqrt(v[i]) + EPSILON)
        }
      },
    },
  }

  Object.assign(engine, {ACTIVATIONS, OUTPUTS, LOSSES, INITIALISATIONS, OPTIMISERS})
  Object.assign(engine, {predict, lossSum, lossGradient, parseInitialisation, TINY})
})(globalThis.engine)
