// Cross-entropy and squared error behind a softmax of three classes, over the scores of the two wrong ones: a walk on each.
;(() => {
  const {phrase, scale, line, dot, text, shades, strong, start} = globalThis.toys
  const [FAR, CELLS, RATE, STEPS, GAP, HEAD] = [6, 48, 1, 20, 14, 22]
  const NAMES = ["cross_entropy", "mse"]
  const COLOURS = {cross_entropy: "blue", mse: "red"}
  const places = Array.from({length: 2 * FAR * 2 + 1}, (_, i) => i / 2 - FAR)

  /** Return probabilities of the right class, whose score is 0, and of the two wrong ones. */
  function softmax(scores) {
    const powers = [0, ...scores].map(Math.exp)
    const whole = powers.reduce((sum, power) => sum + power)
    return powers.map(power => power / whole)
  }

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
  const highest = {cross_entropy: value.cross_entropy(softmax([FAR, FAR])), mse: 1}

  /** Return the two wrong scores, less the right one, at the start and after each step. */
  function walk(loss, from) {
    const path = [from]
    for (let step = 0; step < STEPS; step++) {
      const [right, one, other] = gradient[loss](softmax(path.at(-1)))
      path.push([path.at(-1)[0] - RATE * (one - right), path.at(-1)[1] - RATE * (other - right)])
    }
    return path
  }

  const side = width => (width - GAP) / 2
  function landscape(loss, left, size) {
    const shade = (...place) => {
      const scores = place.map(share => FAR * (2 * share - 1))
      return [COLOURS[loss], 0.8 * Math.min(1, value[loss](softmax(scores)) / highest[loss])]
    }
    return shades(CELLS, shade, left, HEAD, size)
  }

  function draw({one, other, step}, width) {
    const size = side(width)
    return {
      height: size + HEAD + 20,
      shapes: NAMES.map((loss, i) => {
        const left = i * (size + GAP)
        const [x, y] = [scale(-FAR, FAR, left, left + size), scale(-FAR, FAR, HEAD + size, HEAD)]
        const path = walk(loss, [one, other]).slice(0, step + 1)
        const points = path.map(([a, b]) => [x(Math.max(a, -FAR)), y(Math.max(b, -FAR))])
        return [
          landscape(loss, left, size),
          text(left, 14, phrase(loss), {"font-size": 12, "font-weight": 600}),
          text(left, HEAD + size + 15, phrase("right corner"), {"font-size": 12}),
          line(points, "ink", {"stroke-width": 2}),
          points.slice(1).map(([a, b]) => dot(a, b, 3, "ink")),
          dot(...points[0], 7, "paper", {stroke: "var(--toy-ink)", "stroke-width": 2}),
          dot(...points.at(-1), 9, COLOURS[loss], {stroke: "var(--toy-ink)", "stroke-width": 2.5}),
        ]
      }),
    }
  }

  function say({one, other, step}) {
    const right = loss => `${(100 * softmax(walk(loss, [one, other])[step])[0]).toFixed(1)}%`
    return [
      phrase("after", {n: step}),
      strong(right("cross_entropy"), "blue"),
      phrase("and"),
      strong(right("mse"), "red"),
      phrase("with mse"),
    ]
  }

  const clip = v => Math.min(Math.max(Math.round(2 * v) / 2, -FAR), FAR)
  start({
    state: {one: 5, other: 2, step: 0},
    sliders: {
      step: {label: phrase("step"), values: [...Array(STEPS + 1).keys()]},
      one: {label: phrase("one"), values: places},
      other: {label: phrase("other"), values: places},
    },
    draw,
    say,
    play: {name: "step", to: STEPS, pace: 400},
    drag: ([across, down], {step}, width) => {
      const size = side(width)
      const within = across > size + GAP ? across - size - GAP : across
      const [one, other] = [scale(0, size, -FAR, FAR)(within), scale(HEAD + size, HEAD, -FAR, FAR)(down)]
      return {one: clip(one), other: clip(other), step: step || STEPS}
    },
  })
})()
