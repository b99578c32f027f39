// Cross-entropy and squared error behind a softmax of three classes, over the scores of the two wrong ones: a walk on each.
;(() => {
  const {phrase, steps, clip, scale, softmax, line, dot, knob, text, bold, shades, strong, start} = globalThis.toys
  const [FAR, CELLS, RATE, STEPS, GAP, HEAD] = [6, 48, 1, 20, 14, 22]
  const COLOURS = {cross_entropy: "blue", mse: "red"}
  const probabilities = scores => softmax([0, ...scores]) // the score of the right class is 0
  const errors = p => p.map((share, k) => share - (k === 0))
  const value = {
    cross_entropy: p => -Math.log(p[0]),
    mse: p => errors(p).reduce((sum, error) => sum + error ** 2, 0) / 2,
  }
  const gradient = {
    cross_entropy: errors,
    mse: p => {
      const mean = errors(p).reduce((sum, error, k) => sum + error * p[k], 0)
      return p.map((share, k) => share * (errors(p)[k] - mean))
    },
  }
  const highest = {cross_entropy: value.cross_entropy(probabilities([FAR, FAR])), mse: 1}

  /** Return the two wrong scores, less the right one, at the start and after each step. */
  function walk(loss, from) {
    const path = [from]
    for (let step = 0; step < STEPS; step++) {
      const [right, one, other] = gradient[loss](probabilities(path.at(-1)))
      path.push([path.at(-1)[0] - RATE * (one - right), path.at(-1)[1] - RATE * (other - right)])
    }
    return path
  }

  const side = width => (width - GAP) / 2

  function draw({one, other, step}, width) {
    const size = side(width)
    const landscape = (loss, i) => {
      const left = i * (size + GAP)
      const [x, y] = [scale(-FAR, FAR, left, left + size), scale(-FAR, FAR, HEAD + size, HEAD)]
      const path = walk(loss, [one, other]).slice(0, step + 1)
      const points = path.map(([a, b]) => [x(Math.max(a, -FAR)), y(Math.max(b, -FAR))])
      const shade = (...place) => {
        const p = probabilities(place.map(scale(0, 1, -FAR, FAR)))
        return [COLOURS[loss], 0.8 * Math.min(1, value[loss](p) / highest[loss])]
      }
      return [
        shades(CELLS, shade, left, HEAD, size),
        bold(left, 14, phrase(loss)),
        text(left, HEAD + size + 15, phrase("right corner")),
        line(points, "ink", {"stroke-width": 2}),
        points.slice(1).map(([a, b]) => dot(a, b, 3, "ink")),
        knob(...points[0], 7, "paper"),
        knob(...points.at(-1), 9, COLOURS[loss], 2.5),
      ]
    }
    return {height: size + HEAD + 20, shapes: Object.keys(COLOURS).map(landscape)}
  }

  function say({one, other, step}) {
    const right = loss => {
      const [share] = probabilities(walk(loss, [one, other])[step])
      return strong(`${(100 * share).toFixed(1)}%`, COLOURS[loss])
    }
    return [phrase("after", {n: step}), right("cross_entropy"), phrase("and"), right("mse"), phrase("with mse")]
  }

  start({
    state: {one: 5, other: 2, step: 0},
    sliders: {
      step: {label: phrase("step"), values: steps(0, STEPS)},
      one: {label: phrase("one"), values: steps(-FAR, FAR, 0.5)},
      other: {label: phrase("other"), values: steps(-FAR, FAR, 0.5)},
    },
    draw,
    say,
    play: {name: "step", to: STEPS, pace: 400},
    drag: ([left, down], {step}, width) => {
      const size = side(width)
      const within = left > size + GAP ? left - size - GAP : left
      const [one, other] = [scale(0, size, -FAR, FAR)(within), scale(HEAD + size, HEAD, -FAR, FAR)(down)]
      const half = score => clip(Math.round(2 * score) / 2, -FAR, FAR)
      return {one: half(one), other: half(other), step: step || STEPS}
    },
  })
})()
