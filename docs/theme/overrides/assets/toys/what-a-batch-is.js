// The same 24 samples one by one, by four, and all at once: three paths to the lowest loss of a line through them.
;(() => {
  const {phrase, line, dot, text, strong, start} = globalThis.toys
  const {element, shape} = globalThis.elements
  const [N, RATE, FROM] = [24, 0.25, [-0.6, -0.4]]
  const SIZES = [1, 4, 24]
  const COLOURS = {1: "red", 4: "purple", 24: "green"}
  const [ROW, FOOT] = [58, 8]
  // Samples x, and targets that are near 1.2 x + 0.8.
  const xs = Array.from({length: N}, (_, i) => (((i * 7) % N) / (N - 1)) * 2 - 1)
  const ts = xs.map((x, i) => 1.2 * x + 0.8 + 0.55 * Math.sin(5 * i + 1))
  const loss = ([w, b]) => xs.reduce((sum, x, i) => sum + (w * x + b - ts[i]) ** 2, 0) / (2 * N)

  /** Return the weights at the start and after each update, with batches of this size, in one epoch. */
  function path(size) {
    const steps = [FROM]
    for (let first = 0; first < N; first += size) {
      const [w, b] = steps.at(-1)
      const batch = xs.slice(first, first + size).map((x, i) => [x, w * x + b - ts[first + i]])
      const mean = pick => batch.reduce((sum, sample) => sum + pick(sample), 0) / size
      steps.push([w - RATE * mean(([x, error]) => error * x), b - RATE * mean(([, error]) => error)])
    }
    return steps
  }
  const paths = Object.fromEntries(SIZES.map(size => [size, path(size)]))

  function lowest() {
    let at = FROM
    for (let i = 0; i < 400; i++) {
      const [w, b] = at
      const mean = pick => xs.reduce((sum, x, k) => sum + pick(x, w * x + b - ts[k]), 0) / N
      at = [w - mean((x, error) => error * x), b - mean((_, error) => error)]
    }
    return at
  }
  const best = lowest()
  const spread = xs.reduce((sum, x) => sum + x * x, 0) / N // curvature of the loss along w; along b it is 1

  function draw({size, seen}, width) {
    const gap = width / N
    const high = Math.min(300, Math.max(210, width * 0.42))
    const height = ROW + high + FOOT
    const unit = high / 2.2
    const place = ([w, b]) => [width / 2 + (w - 0.3) * unit * 1.1, ROW + high - 14 - (b + 0.6) * unit]
    const rings = [0.02, 0.12, 0.3, 0.6, 1].map(level => {
      const [cx, cy] = place(best)
      const radius = curvature => Math.sqrt((2 * level) / curvature)
      const attributes = {fill: "none", stroke: "var(--toy-rule)", "stroke-width": 1.5}
      return shape("ellipse", {cx, cy, rx: radius(spread) * unit * 1.1, ry: radius(1) * unit, ...attributes})
    })
    const walked = one => paths[one].slice(0, Math.floor(seen / one) + 1).map(place)
    const others = SIZES.filter(one => one !== size)
    const [cx, cy] = place(best)
    return {
      height,
      shapes: [
        xs.map((_, i) => dot(gap * (i + 0.5), 16, Math.min(gap * 0.36, 9), i < seen ? COLOURS[size] : "rule")),
        Array.from({length: N / size}, (_, i) =>
          line(
            [
              [gap * i * size + 2, 32],
              [gap * (i + 1) * size - 2, 32],
            ],
            (i + 1) * size <= seen ? COLOURS[size] : "soft",
            {
              "stroke-width": 3,
            },
          ),
        ),
        shape("svg", {x: 0, y: ROW, width, height: high, viewBox: `0 ${ROW} ${width} ${high}`}, rings),
        text(cx, cy - 10, phrase("lowest"), {"text-anchor": "middle", "font-size": 12}),
        dot(cx, cy, 4, "ink"),
        others.map(one => line(walked(one), COLOURS[one], {opacity: 0.4, "stroke-width": 2})),
        others.map(one => dot(...walked(one).at(-1), 5, COLOURS[one], {opacity: 0.6})),
        line(walked(size), COLOURS[size]),
        walked(size).map(([x, y]) => dot(x, y, 3.5, COLOURS[size])),
        dot(...walked(size).at(-1), 9, COLOURS[size], {stroke: "var(--toy-ink)", "stroke-width": 2}),
      ],
    }
  }

  function say({size, seen}) {
    const updates = Math.floor(seen / size)
    const now = loss(paths[size][updates]).toFixed(2)
    return [
      phrase(seen === 1 ? "one seen" : "seen", {seen}),
      strong(phrase(updates === 1 ? "one update" : "updates", {n: updates}), COLOURS[size]),
      element("small", phrase("loss", {loss: now})),
    ]
  }

  start({
    state: {size: 4, seen: 0},
    choices: {size: SIZES.map(size => [size, phrase(`batch ${size}`), COLOURS[size]])},
    sliders: {
      seen: {
        label: phrase("knob"),
        values: [...Array(N + 1).keys()],
        ends: width => [width / N / 2, width - width / N / 2],
      },
    },
    draw,
    say,
    play: {name: "seen", to: N, pace: 400},
    drag: "seen",
  })
})()
