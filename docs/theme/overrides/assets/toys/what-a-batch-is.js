// The same 24 samples one by one, by four, and all at once: three paths to the lowest loss of a line through them.
;(() => {
  const {phrase, steps, clip, line, across, dot, knob, text, strong, small, start} = globalThis.toys
  const {shape} = globalThis.elements
  const [N, RATE, FROM] = [24, 0.25, [-0.6, -0.4]]
  const SIZES = [1, 4, 24]
  const COLOURS = {1: "red", 4: "purple", 24: "green"}
  const [ROW, FOOT] = [58, 8]
  // Samples x, and targets that are near 1.2 x + 0.8.
  const xs = Array.from({length: N}, (_, i) => (((i * 7) % N) / (N - 1)) * 2 - 1)
  const ts = xs.map((x, i) => 1.2 * x + 0.8 + 0.55 * Math.sin(5 * i + 1))
  const loss = ([w, b]) => xs.reduce((sum, x, i) => sum + (w * x + b - ts[i]) ** 2, 0) / (2 * N)
  const spread = xs.reduce((sum, x) => sum + x * x, 0) / N // curvature of the loss along w; along b it is 1

  /** Return the weights at the start and after each update, with batches of this size. */
  function path(size, rate = RATE, epochs = 1) {
    const weights = [FROM]
    for (let first = 0; first < epochs * N; first += size) {
      const [w, b] = weights.at(-1)
      const batch = xs.slice(first % N, (first % N) + size).map((x, i) => [x, w * x + b - ts[(first % N) + i]])
      const mean = pick => batch.reduce((sum, sample) => sum + pick(sample), 0) / size
      weights.push([w - rate * mean(([x, error]) => error * x), b - rate * mean(([, error]) => error)])
    }
    return weights
  }
  const paths = Object.fromEntries(SIZES.map(size => [size, path(size)]))
  const best = path(N, 1, 400).at(-1)

  function draw({size, seen}, width) {
    const gap = width / N
    const high = clip(width * 0.42, 210, 300)
    const unit = high / 2.2
    const place = ([w, b]) => [width / 2 + (w - 0.3) * unit * 1.1, ROW + high - 14 - (b + 0.6) * unit]
    const [cx, cy] = place(best)
    const rings = [0.02, 0.12, 0.3, 0.6, 1].map(level => {
      const [rx, ry] = [Math.sqrt((2 * level) / spread) * unit * 1.1, Math.sqrt(2 * level) * unit]
      return shape("ellipse", {cx, cy, rx, ry, fill: "none", stroke: "var(--toy-rule)", "stroke-width": 1.5})
    })
    const walked = one => paths[one].slice(0, Math.floor(seen / one) + 1).map(place)
    const others = SIZES.filter(one => one !== size)
    const batches = steps(0, N / size - 1).map(i => {
      const colour = (i + 1) * size <= seen ? COLOURS[size] : "soft"
      return across(32, gap * i * size + 2, gap * (i + 1) * size - 2, colour, 3)
    })
    return {
      height: ROW + high + FOOT,
      shapes: [
        xs.map((_, i) => dot(gap * (i + 0.5), 16, Math.min(gap * 0.36, 9), i < seen ? COLOURS[size] : "rule")),
        batches,
        shape("svg", {x: 0, y: ROW, width, height: high, viewBox: `0 ${ROW} ${width} ${high}`}, rings),
        text(cx, cy - 10, phrase("lowest"), "middle"),
        dot(cx, cy, 4, "ink"),
        others.map(one => line(walked(one), COLOURS[one], {opacity: 0.4, "stroke-width": 2})),
        others.map(one => dot(...walked(one).at(-1), 5, COLOURS[one], {opacity: 0.6})),
        line(walked(size), COLOURS[size]),
        walked(size).map(([x, y]) => dot(x, y, 3.5, COLOURS[size])),
        knob(...walked(size).at(-1), 9, COLOURS[size]),
      ],
    }
  }

  function say({size, seen}) {
    const updates = Math.floor(seen / size)
    return [
      phrase(seen === 1 ? "one seen" : "seen", {seen}),
      strong(phrase(updates === 1 ? "one update" : "updates", {n: updates}), COLOURS[size]),
      small("loss", {loss: loss(paths[size][updates]).toFixed(2)}),
    ]
  }

  const ends = width => [width / N / 2, width - width / N / 2]
  start({
    state: {size: 4, seen: 0},
    choices: {size: SIZES.map(size => [size, COLOURS[size], phrase(`batch ${size}`)])},
    sliders: {seen: {label: phrase("knob"), values: steps(0, N), ends}},
    draw,
    say,
    play: {name: "seen", to: N, pace: 400},
    drag: "seen",
  })
})()
