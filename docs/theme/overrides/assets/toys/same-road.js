// Four batch sizes at each learning rate after equally many updates: one road, and a limit for each.
;(() => {
  const {data, phrase, scale, line, dot, text, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {tickText} = globalThis.numbers
  const [LEFT, RIGHT, TOP, BOTTOM] = [40, 16, 20, 26]
  const {rates, batches} = data
  const sizes = Object.keys(batches).map(Number)
  const COLOURS = Object.fromEntries(sizes.map((size, i) => [size, ["purple", "red", "blue", "green"][i % 4]]))
  const name = rate => tickText(Math.log2(rate), true)
  const ends = width => [LEFT + 12, width - RIGHT]
  const limit = size => rates[batches[size].below.lastIndexOf(true)]

  function draw({batch, rate}, width) {
    const height = Math.min(360, Math.max(260, width * 0.5))
    const [from, to] = ends(width)
    const x = scale(Math.log2(rates[0]), Math.log2(rates.at(-1)), from, to)
    const error = accuracy => Math.log(100 - accuracy) // so that the road is not flat
    const y = scale(error(0), error(96), height - BOTTOM, TOP)
    const at = rates.indexOf(rate)
    const points = size => rates.map((one, i) => [x(Math.log2(one)), y(error(batches[size].accuracy[i]))])
    const others = sizes.filter(size => size !== batch)
    const wall = x((Math.log2(limit(batch)) + Math.log2(rates[rates.indexOf(limit(batch)) + 1] ?? limit(batch))) / 2)
    const [across, high] = points(batch)[at]
    return {
      height,
      shapes: [
        [10, 50, 80, 90, 95].map(share => [
          line(
            [
              [LEFT, y(error(share))],
              [width, y(error(share))],
            ],
            "rule",
            {"stroke-width": 1},
          ),
          text(LEFT - 5, y(error(share)) + 4, `${share}%`, {"text-anchor": "end", "font-size": 12}),
        ]),
        rates
          .filter(one => [-9, -6, -3, 0].includes(Math.log2(one)) || one === rates.at(-1))
          .map(one => text(x(Math.log2(one)), height - 8, name(one), {"text-anchor": "middle", "font-size": 12})),
        others.map(size => line(points(size), COLOURS[size], {opacity: 0.4, "stroke-width": 2})),
        line(
          [
            [wall, TOP - 6],
            [wall, height - BOTTOM],
          ],
          COLOURS[batch],
          {"stroke-dasharray": "4 4", "stroke-width": 2},
        ),
        text(wall - 6, TOP - 6, phrase("limit"), {"text-anchor": "end", "font-size": 12}),
        line(points(batch), COLOURS[batch], {"stroke-width": 3.5}),
        sizes.map(size => dot(...points(size)[at], 4, COLOURS[size])),
        dot(across, high, 10, COLOURS[batch], {stroke: "var(--toy-ink)", "stroke-width": 2}),
      ],
    }
  }

  function say({batch, rate}) {
    const at = rates.indexOf(rate)
    const accuracy = size => `${batches[size].accuracy[at].toFixed(1)}%`
    const isBelow = batches[batch].below[at]
    const larger = sizes.filter(size => batches[size].below[at])
    const rest = isBelow && larger.length > 1 ? "together" : larger.length ? "others" : "all"
    return [
      phrase("at", {batch, rate: name(rate)}),
      strong(accuracy(batch), COLOURS[batch]),
      phrase(isBelow ? "on the road" : "over"),
      element("small", phrase(rest, {list: larger.map(size => `${size}: ${accuracy(size)}`).join(", ")})),
    ]
  }

  start({
    state: {batch: sizes[1], rate: rates[0]},
    choices: {batch: sizes.map(size => [size, phrase("batch", {n: size}), COLOURS[size]])},
    sliders: {rate: {label: phrase("rate"), values: rates, say: name, ends}},
    draw,
    say,
    play: {name: "rate", to: rates.find(rate => rate >= 0.5), pace: 600},
    drag: "rate",
  })
})()
