// A tiny network of two inputs that learns two classes, and the border that it draws. It trains in a moment.
;(() => {
  const {phrase, ACTIVATIONS, scale, steps, dot, box, shades, start} = globalThis.toys
  const {shape} = globalThis.elements
  const {zeroLine} = globalThis.squares
  const SIDE = 44 // cells along each side of the picture
  const MOST = 380 // pixels, largest side of the picture

  /** Return a source of numbers from −1 to 1 that look random, the same at each visit. */
  function draws(seed) {
    let state = seed
    return () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 31 - 1
    }
  }

  /**
   * Return the pass of a sample: z of each hidden unit, what they pass on, and the probability of the second class.
   * Weights are rows [w1, w2, b] of hidden units and the row of the output; without hidden units, it takes the inputs.
   */
  function pass({hidden, output}, activation, [x, y]) {
    const z = hidden.map(([w1, w2, b]) => w1 * x + w2 * y + b)
    const a = hidden.length ? z.map(ACTIVATIONS[activation].value) : [x, y]
    const sum = a.reduce((total, one, i) => total + one * output[i], output[a.length])
    return {z, a, p: 1 / (1 + Math.exp(-sum))}
  }

  /** Return the gradient of the mean cross-entropy, in the shape of the weights. */
  function gradient(weights, activation, samples) {
    const of = {hidden: weights.hidden.map(() => [0, 0, 0]), output: weights.output.map(() => 0)}
    for (const {at, label} of samples) {
      const {z, a, p} = pass(weights, activation, at)
      const delta = (p - label) / samples.length
      for (const [i, one] of [...a, 1].entries()) of.output[i] += delta * one
      for (const [i, row] of of.hidden.entries()) {
        const back = delta * weights.output[i] * ACTIVATIONS[activation].slope(z[i])
        for (const [k, one] of [...at, 1].entries()) row[k] += back * one
      }
    }
    return of
  }

  /** Return the weights of a network at the start and after every few updates of gradient descent. */
  function train({samples, units, activation, rate, seed, every, count}) {
    const draw = draws(seed)
    const hidden = Array.from({length: units}, () => [2 * draw(), 2 * draw(), draw()])
    let weights = {hidden, output: Array.from({length: (units || 2) + 1}, draw)}
    const shots = [weights]
    const step = (row, slopes) => row.map((w, i) => w - rate * slopes[i])
    for (let update = 1; update <= every * count; update++) {
      const slopes = gradient(weights, activation, samples)
      const moved = weights.hidden.map((row, i) => step(row, slopes.hidden[i]))
      weights = {hidden: moved, output: step(weights.output, slopes.output)}
      if (update % every === 0) shots.push(weights)
    }
    return shots
  }

  const right = (weights, {activation, samples}) =>
    samples.filter(({at, label}) => pass(weights, activation, at).p > 0.5 === label > 0).length

  /** Return the shapes of a plane from −far to far, its border and the samples, in a square in the middle of the width. */
  function plane(weights, {activation, samples, far}, width) {
    const size = Math.min(width, MOST)
    const left = (width - size) / 2
    const [x, y] = [scale(-far, far, left, left + size), scale(-far, far, size, 0)]
    const chance = (across, up) => pass(weights, activation, [far * (2 * across - 1), far * (2 * up - 1)]).p
    const shade = (across, up) => {
      const p = chance(across, up)
      return [p > 0.5 ? "red" : "blue", 0.1 + 0.5 * Math.abs(2 * p - 1)]
    }
    const points = steps(0, SIDE).flatMap(row => steps(0, SIDE).map(column => chance(column / SIDE, row / SIDE) - 0.5))
    const place = ([column, row]) =>
      `${(left + (column / SIDE) * size).toFixed(1)} ${(size - (row / SIDE) * size).toFixed(1)}`
    const border = zeroLine(SIDE + 1, points).map(([from, to]) => `M${place(from)}L${place(to)}`)
    const shapes = [
      shades(SIDE, shade, left, 0, size),
      shape("path", {d: border.join(""), stroke: "var(--toy-ink)", "stroke-width": 2.5, fill: "none"}),
      samples.map(({at: [a, b], label}) => {
        const isWrong = pass(weights, activation, [a, b]).p > 0.5 !== label > 0
        const rim = {stroke: `var(--toy-${isWrong ? "ink" : "paper"})`, "stroke-width": isWrong ? 3 : 1.5}
        return label ? box(x(a) - 6, y(b) - 6, 12, 12, "red", rim) : dot(x(a), y(b), 7, "blue", rim)
      }),
    ]
    return {height: size + 2, shapes}
  }

  /**
   * Start the toy of a network that learns.
   * state: what readers choose at first. choices: see toy.js. recipe(state): what `train` and `plane` take.
   * every, count: a picture after every few updates. say(state, right, updates): the sentence, with the number of samples
   * that are right. pace: milliseconds between two pictures.
   */
  function learn({state, choices, recipe, every, count, say, pace}) {
    const trained = {}
    const shot = ({updates, ...chosen}) => {
      const key = Object.values(chosen).join()
      trained[key] ??= train({...recipe(chosen), every, count})
      return trained[key][updates / every]
    }
    start({
      state: {...state, updates: 0},
      choices,
      sliders: {updates: {label: phrase("knob"), values: steps(0, every * count, every)}},
      draw: (now, width) => plane(shot(now), recipe(now), width),
      say: now => say(now, right(shot(now), recipe(now))),
      play: {name: "updates", to: every * count, pace},
      drag: "updates",
    })
  }

  globalThis.border = {draws, pass, gradient, train, right, learn}
})()
