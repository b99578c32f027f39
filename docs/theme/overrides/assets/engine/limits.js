// The largest learning rate of a network, predicted before training, as in ontrial/nn/curvature.py, but in float32.
globalThis.engine ??= {}
;(engine => {
  const [ITERATIONS, TOLERANCE] = [1000, 0.01] // of the power iteration
  const [STEPS, STEP, CONSTANT] = [12, 0.35, 2.6] // of the look ahead
  const [LEAST_PROGRESS, LARGEST_RISE, LONGEST_FLOW] = [0.1, 10, 500]
  const APPLIES = ["sgd", "momentum", "cross_entropy", "mse"] // optimisers and losses that the page predicts

  const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0)
  const plus = (a, b, factor = 1) => a.map((value, i) => value + factor * b[i])

  /** Return a network whose batch is all samples of a set. */
  function networkOf(cell, samples) {
    const network = new engine.Network(cell, samples.size)
    network.x[0].set(samples.X)
    network.y.set(samples.y)
    return Object.assign(network, {size: samples.size})
  }

  /** Return Jv, the change of the last z as the parameters change by v. Call `forward` before. */
  function change({architecture, inputs, outputs, size, x, z, W}, v) {
    const {slope} = engine.ACTIVATIONS[architecture.activation]
    const starts = W.map((_, layer) => W.slice(0, layer).reduce((sum, {length}) => sum + length, 0))
    return W.reduce((before, weights, layer) => {
      const [n, m] = [inputs[layer], outputs[layer]]
      const own = new Float32Array(size * m)
      engine.multiply(x[layer], n + 1, 1, v.subarray(starts[layer]), m, own, size, n + 1, m)
      if (!before) return own
      const da = before.map((dz, i) => dz * slope(z[layer - 1][i], x[layer][i + Math.floor(i / n)]))
      const passed = new Float32Array(size * m)
      engine.multiply(da, n, 1, weights, m, passed, size, n, m)
      return plus(own, passed)
    }, null)
  }

  /** Multiply a change of the last z by the Jacobian of the output, which is symmetric. */
  function throughOutput({architecture, classes, p}, dz) {
    if (architecture.output === "identity") return dz
    if (architecture.output === "sigmoid") return dz.map((value, i) => p[i] * (1 - p[i]) * value)
    const row = (values, i) => values.subarray(i - (i % classes), i - (i % classes) + classes)
    return dz.map((value, i) => p[i] * (value - dot(row(p, i), row(dz, i))))
  }

  /** Compute the deltas of each sample's Gauss–Newton matrix times v, divided by `samples`. */
  function bend(network, v, samples) {
    let dz = throughOutput(network, change(network, v))
    if (network.architecture.loss === "mse") dz = throughOutput(network, dz) // cross-entropy: dL/dz is p − y
    network.delta.at(-1).set(dz.map(value => value / samples))
    network.propagate(network.size)
  }

  /** Return the sum over samples of the squared length of their gradients, from the deltas. */
  function squares({inputs, outputs, size, x, delta}) {
    const square = (values, row, n) => values.subarray(row * n, (row + 1) * n).reduce((sum, a) => sum + a * a, 0)
    const ofSample = row =>
      inputs.reduce((sum, n, i) => sum + square(x[i], row, n + 1) * square(delta[i], row, outputs[i]), 0)
    return Array.from({length: size}, (_, row) => ofSample(row)).reduce((sum, each) => sum + each, 0)
  }

  /** Return the largest eigenvalue λ of the Gauss–Newton matrix, both noises in samples, and the loss. */
  function* pointOf(network) {
    const {size, gradients} = network
    network.forward(size)
    const loss = network.loss(size)
    const random = new engine.Generator(0)
    let product = gradients.map(() => random.normal())
    let [v, λ, rest] = [product, 0, Number.POSITIVE_INFINITY]
    for (let i = 0; !(rest <= TOLERANCE * λ); i++) {
      if (i === ITERATIONS || Number.isNaN(λ)) throw new Error("the power iteration has not converged.")
      const length = Math.sqrt(dot(product, product)) || 1
      v = product.map(value => value / length)
      bend(network, v, size)
      network.collect(size)
      product = gradients.slice()
      λ = dot(v, product)
      rest = Math.sqrt(product.reduce((sum, value, j) => sum + (value - λ * v[j]) ** 2, 0))
      yield
    }
    bend(network, v, 1)
    const curvatureNoise = squares(network) / size / λ ** 2 - 1
    network.backward(size)
    return {λ, loss, curvatureNoise, noise: (size * squares(network)) / dot(gradients, gradients) - 1}
  }

  /** Return the rate × updates to an accuracy along the flow of a linearised network, by steps of a rate. */
  function* distanceOf(network, judged, classes, goal, rate) {
    const {architecture, size, classes: K} = network
    const [z, zJudged] = [network, judged].map(each => each.z.at(-1).slice())
    let v = new Float32Array(network.parameters.length)
    for (let step = 0, before = 0; step < LONGEST_FLOW; step++) {
      engine.predict(architecture.output, plus(zJudged, change(judged, v)), judged.p, judged.size, K)
      const accuracy = classes.filter((k, row) => engine.classOf(judged.p, row * K, K) === k).length / judged.size
      if (accuracy >= goal) return step && rate * (step - 1 + (goal - before) / (accuracy - before))
      before = accuracy
      engine.predict(architecture.output, plus(z, change(network, v)), network.p, size, K)
      engine.lossGradient(
        architecture.output,
        architecture.loss,
        network.p,
        network.y,
        network.delta.at(-1),
        size,
        K,
        size,
        1,
      )
      network.propagate(size)
      network.collect(size)
      v = plus(v, network.gradients, -rate)
      yield
    }
    return Number.POSITIVE_INFINITY
  }

  /** Predict the limit of a cell with a `goal`: yields undefined after each pass, and then the limit as a record. */
  function* predictLimit(cell, sets, seed) {
    const [network, judged] = [sets.train, sets.validation].map(samples => networkOf(cell, samples))
    const {size, parameters} = network
    yield* network.draw(engine.stream(seed, "weights"))
    judged.parameters.set(parameters)
    judged.forward(judged.size)
    const start = yield* pointOf(network)
    const rate = STEP / start.λ
    const distance = yield* distanceOf(network, judged, sets.validation.classes, cell.goal, rate)
    for (let step = 0; step < STEPS; step++) {
      network.forward(size)
      network.backward(size)
      parameters.set(plus(parameters, network.gradients, -rate))
      yield
    }
    const ahead = yield* pointOf(network)
    const isPlateau = ahead.loss > (1 - LEAST_PROGRESS) * start.loss || ahead.noise > LARGEST_RISE * start.noise
    const [factor, noise] = isPlateau ? [1, ahead.curvatureNoise] : [CONSTANT, ahead.noise]
    const plain = (factor * 2) / ahead.λ / (1 + noise / cell.batchSize)
    const {momentum} = cell
    const limit = momentum ? 1 / (1 / plain + momentum / (1 - momentum) / distance) : plain
    yield {limit, distance, updates: (2 * distance) / limit, isPlateau}
  }

  const hasLimit = ({optimiser, loss}) => APPLIES.includes(optimiser) && APPLIES.includes(loss)

  Object.assign(engine, {predictLimit, hasLimit})
})(globalThis.engine)
