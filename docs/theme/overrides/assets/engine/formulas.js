// Activations, losses, initialisations and optimisers: the same formulas, under the same names, as in ontrial/nn. `fround`
// rounds each operation to float32, as NumPy does, and exponentials are those of ontrial/nn/portable.py. So every bit of a
// trained network is that of `train(…, portable=True)`, which a test compares.
globalThis.engine ??= {}
;(engine => {
  const {fround} = Math
  const LEAK = fround(0.01) // slope of the leaky ReLU below zero
  const TINY = 2 ** -126 // the smallest normal float32

  // Exponentials -----------------------------------------------------------------------------------------------------

  const LOG2_E = 1 / Math.LN2
  const LIMIT = 200 // beyond ±LIMIT, an exponential is 0 or ∞ in float32
  const MOST = 300 // largest exponent of a power of two
  const POWERS = new Float64Array(2 * MOST + 1).fill(1) // 2ᵏ, at k + MOST
  for (let k = 1; k <= MOST; k++) {
    POWERS[MOST + k] = 2 * POWERS[MOST + k - 1]
    POWERS[MOST - k] = POWERS[MOST - k + 1] / 2
  }

  /** Return eʳ − 1 for |r| ≤ ½ log 2, from its series, by Horner's rule. */
  function series(r) {
    let sum = 1 / 362880
    sum = sum * r + 1 / 40320
    sum = sum * r + 1 / 5040
    sum = sum * r + 1 / 720
    sum = sum * r + 1 / 120
    sum = sum * r + 1 / 24
    sum = sum * r + 1 / 6
    sum = sum * r + 1 / 2
    sum = sum * r + 1
    return sum * r
  }

  /** Return eˣ. */
  function exp(x) {
    const bounded = Math.min(Math.max(x, -LIMIT), LIMIT)
    const k = Math.floor(bounded * LOG2_E + 0.5)
    return fround(POWERS[(k + MOST) | 0] * (1 + series(bounded - k * Math.LN2)))
  }

  /** Return eˣ − 1 in float64, accurate near 0. */
  function expm1(x) {
    const bounded = Math.min(Math.max(x, -LIMIT), LIMIT)
    const k = Math.floor(bounded * LOG2_E + 0.5)
    const power = POWERS[(k + MOST) | 0]
    return power * series(bounded - k * Math.LN2) + (power - 1)
  }

  function tanh(x) {
    const e = expm1(-2 * Math.abs(x))
    const size = fround(Math.abs(e / (e + 2)))
    return x < 0 ? -size : size
  }

  /** Return log(1 + x) = 2 artanh(x / (x + 2)) for x from 0 to 1. */
  function log1p(x) {
    const s = x / (x + 2)
    const square = s * s
    let sum = 0
    for (let n = 19; n > 0; n -= 2) sum = sum * square + 1 / n
    return fround(2 * s * sum)
  }

  // Activations ------------------------------------------------------------------------------------------------------

  const sigmoid = z => fround(1 / fround(1 + exp(-z)))

  // e^(−x²/2) Σₖ cₖ tᵏ with t = 1 / (1 + px) approximates Φ(−x) for x ≥ 0: p, c₁ … c₇.
  const TAIL = new Float32Array([
    0.26, 0.103482667, 0.107605712, 0.0712152169, 0.171634587, -0.113358875, 0.23364861, -0.0742279936,
  ])
  const DENSITY = fround(1 / Math.sqrt(2 * Math.PI))
  const bell = x => exp(fround(-0.5 * fround(x * x)))

  function normalTail(x) {
    const t = fround(1 / fround(1 + fround(TAIL[0] * x)))
    let sum = fround(TAIL[7] * t)
    for (let k = 6; k > 0; k--) sum = fround(fround(sum + TAIL[k]) * t)
    return fround(sum * bell(x))
  }

  /**
   * Activations, where value(z) is a, and slope(z, a) is the derivative. `numpy` is the same in NumPy, for the code that
   * the playground saves.
   * @type {Record<string, {value: (z: number) => number, slope: (z: number, a: number) => number, numpy: string}>}
   */
  const ACTIVATIONS = {
    identity: {value: z => z, slope: () => 1, numpy: "z"},
    sigmoid: {value: sigmoid, slope: (_, a) => fround(a * fround(1 - a)), numpy: "np.exp(-np.logaddexp(0, -z))"},
    tanh: {value: tanh, slope: (_, a) => fround(1 - fround(a * a)), numpy: "np.tanh(z)"},
    relu: {value: z => Math.max(z, 0), slope: z => (z > 0 ? 1 : 0), numpy: "np.maximum(z, 0)"},
    leaky_relu: {
      value: z => (z > 0 ? z : fround(LEAK * z)),
      slope: z => (z > 0 ? 1 : LEAK),
      numpy: "np.where(z > 0, z, 0.01 * z)",
    },
    elu: {
      value: z => (z > 0 ? z : Math.max(z, fround(expm1(z)))),
      slope: z => (z > 0 ? 1 : exp(z)),
      numpy: "np.where(z > 0, z, np.expm1(np.minimum(z, 0)))",
    },
    gelu: {
      value: z => fround(Math.max(z, 0) - fround(Math.abs(z) * normalTail(Math.abs(z)))),
      slope: (z, a) => fround((Math.abs(z) < TINY ? 0.5 : fround(a / z)) + fround(fround(z * bell(z)) * DENSITY)),
      numpy: "z * (1 + np.vectorize(math.erf)(z / 2**0.5)) / 2",
    },
    silu: {
      value: z => fround(z * sigmoid(z)),
      slope: (z, a) => {
        const s = sigmoid(z)
        return fround(s + fround(a * fround(1 - s)))
      },
      numpy: "z * np.exp(-np.logaddexp(0, -z))",
    },
    softplus: {
      value: z => fround(Math.max(z, 0) + log1p(exp(-Math.abs(z)))),
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
    mse: {term: (p, y) => ((p - y) * (p - y)) / 2, slope: (p, y) => fround(p - y)},
    // Cross-entropy of a softmax or a sigmoid is computed from z; its derivative by z is this one.
    cross_entropy: {term: () => Number.NaN, slope: (p, y) => fround(p - y)},
    mae: {term: (p, y) => Math.abs(p - y), slope: (p, y) => Math.sign(p - y)},
    huber: {
      term: (p, y) => {
        const bounded = Math.min(Math.max(p - y, -1), 1)
        return bounded * (p - y - bounded / 2)
      },
      slope: (p, y) => Math.min(Math.max(fround(p - y), -1), 1),
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
          p[i] = exp(fround(z[i] - largest))
          sum = fround(sum + p[i])
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
    if (loss !== "cross_entropy" && output === "sigmoid")
      for (let i = 0; i < size; i++) delta[i] *= fround(p[i] * fround(1 - p[i]))
    if (loss !== "cross_entropy" && output === "softmax")
      for (let start = 0; start < size; start += width) {
        let sum = fround(0)
        for (let i = start; i < start + width; i++) sum = fround(sum + fround(delta[i] * p[i]))
        for (let i = start; i < start + width; i++) delta[i] = p[i] * fround(delta[i] - sum)
      }
    for (let i = 0; i < size; i++) delta[i] *= scale
  }

  /** @type {Record<string, (inputs: number, outputs: number) => number>} the standard deviation of the weights */
  const INITIALISATIONS = {
    inverse_n: inputs => Math.sqrt(1 / inputs),
    glorot: (inputs, outputs) => Math.sqrt(2 / (inputs + outputs)),
    he: inputs => Math.sqrt(2 / inputs),
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
        for (let i = 0; i < θ.length; i++) θ[i] -= fround(η * g[i])
      },
    },
    momentum: {
      states: 1,
      step(θ, g, η, μ, _, [v]) {
        for (let i = 0; i < θ.length; i++) {
          v[i] = fround(μ * v[i]) + fround(η * g[i])
          θ[i] -= v[i]
        }
      },
    },
    nesterov: {
      states: 1,
      step(θ, g, η, μ, _, [v]) {
        for (let i = 0; i < θ.length; i++) {
          const step = fround(η * g[i])
          v[i] = fround(μ * v[i]) + step
          θ[i] -= fround(step + fround(μ * v[i]))
        }
      },
    },
    adam: {
      states: 2,
      decoupled: true,
      step(θ, g, η, _, t, [m, v]) {
        const [β1, β2, rest1, rest2, ε] = [BETA_1, BETA_2, 1 - BETA_1, 1 - BETA_2, EPSILON].map(fround)
        const scale = fround((1 - BETA_2 ** t) ** -0.5)
        const rate = fround(η / fround(1 - BETA_1 ** t))
        for (let i = 0; i < θ.length; i++) {
          m[i] = fround(β1 * m[i]) + fround(rest1 * g[i])
          v[i] = fround(β2 * v[i]) + fround(rest2 * fround(g[i] * g[i]))
          const root = fround(fround(fround(Math.sqrt(v[i])) * scale) + ε)
          θ[i] -= fround(fround(m[i] / root) * rate)
        }
      },
    },
  }

  Object.assign(engine, {ACTIVATIONS, OUTPUTS, LOSSES, INITIALISATIONS, OPTIMISERS})
  Object.assign(engine, {predict, lossSum, lossGradient, parseInitialisation, TINY})
})(globalThis.engine)
