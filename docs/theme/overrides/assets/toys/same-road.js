// Four batch sizes at each learning rate after equally many updates: one road, and a limit for each.
;(() => {
  const {data, phrase, clip, scale, line, across, upright, dot, knob, text, strong, small, start} = globalThis.toys
  const {tickText} = globalThis.numbers
  const [LEFT, RIGHT, TOP, BOTTOM] = [40, 16, 20, 26]
  const {rates, batches} = data
  const sizes = Object.keys(batches).map(Number)
  const COLOURS = {4: "green", 16: "blue", 64: "purple", 256: "red"} // as everywhere
  const octave = rate => Math.log2(rate)
  const name = rate => tickText(octave(rate), true)
  const ends = width => [LEFT + 12, width - RIGHT]

  function draw({batch, rate}, width) {
    const height = clip(width * 0.5, 260, 360)
    const place = scale(octave(rates[0]), octave(rates.at(-1)), ...ends(width))
    const x = one => place(octave(one))
    const error = accuracy => Math.log(100 - accuracy) // so that the road is not flat
    const up = scale(error(0), error(96), height - BOTTOM, TOP)
    const y = accuracy => up(error(accuracy))
    const points = size => rates.map((one, i) => [x(one), y(batches[size].accuracy[i])])
    const at = rates.indexOf(rate)
    const limit = batches[batch].below.lastIndexOf(true)
    const wall = (x(rates[limit]) + x(rates[limit + 1] ?? rates[limit])) / 2
    const marks = rates.filter(one => octave(one) % 3 === 0 || one === rates.at(-1))
    return {
      height,
      shapes: [
        [10, 50, 80, 90, 95].map(share => [
          across(y(share), LEFT, width),
          text(LEFT - 5, y(share) + 4, `${share}%`, "end"),
        ]),
        marks.map(one => text(x(one), height - 8, name(one), "middle")),
        sizes
          .filter(size => size !== batch)
          .map(size => line(points(size), COLOURS[size], {opacity: 0.4, "stroke-width": 2})),
        upright(wall, TOP - 6, height - BOTTOM, COLOURS[batch], 2, {"stroke-dasharray": "4 4"}),
        text(wall - 6, TOP - 6, phrase("limit"), "end"),
        line(points(batch), COLOURS[batch], {"stroke-width": 3.5}),
        sizes.map(size => dot(...points(size)[at], 4, COLOURS[size])),
        knob(...points(batch)[at], 10, COLOURS[batch]),
      ],
    }
  }

  function say({batch, rate}) {
    const at = rates.indexOf(rate)
    const accuracy = size => `${batches[size].accuracy[at].toFixed(1)}%`
    const isBelow = batches[batch].below[at]
    const below = sizes.filter(size => batches[size].below[at])
    const rest = isBelow && below.length > 1 ? "together" : below.length ? "others" : "all"
    return [
      phrase("at", {batch, rate: name(rate)}),
      strong(accuracy(batch), COLOURS[batch]),
      phrase(isBelow ? "on the road" : "over"),
      small(rest, {list: below.map(size => `${size}: ${accuracy(size)}`).join(", ")}),
    ]
  }

  start({
    state: {batch: sizes[1], rate: rates[0]},
    choices: {batch: sizes.map(size => [size, COLOURS[size], phrase("batch", {n: size})])},
    sliders: {rate: {label: phrase("rate"), values: rates, say: name, ends}},
    draw,
    say,
    play: {name: "rate", to: rates.find(rate => rate >= 0.5), pace: 600},
    drag: "rate",
  })
})()
