// A prediction for three classes, of which the first is right: the value of a loss, and how it pushes each score.
;(() => {
  const {phrase, steps, clip, scale, rule, upright, text, bold, box, strong, small, start} = globalThis.toys
  const {shape} = globalThis.elements
  const {significant, decimals} = globalThis.numbers
  const [LABEL, ROW, TOP] = [46, 62, 26]
  const prediction = ({right, split}) => [right, (1 - right) * split, (1 - right) * (1 - split)]
  const errors = p => p.map((share, k) => share - (k === 0))
  const sum = numbers => numbers.reduce((total, number) => total + number)
  const LOSSES = {
    cross_entropy: {value: p => -Math.log(p[0]), push: p => errors(p).map(error => -error)},
    mse: {
      value: p => sum(errors(p).map(error => error ** 2)) / 2,
      push: p => {
        const mean = sum(errors(p).map((error, k) => p[k] * error))
        return errors(p).map((error, k) => p[k] * (mean - error))
      },
    },
  }
  const middleOf = width => LABEL + (width - LABEL) * 0.52
  const ends = width => [LABEL, middleOf(width) - 44] // of the bars

  function draw(state, width) {
    const half = middleOf(width)
    const x = scale(0, 1, ...ends(width))
    const [zero, long] = [(half + width) / 2, (width - half) / 2 - 40]
    const height = TOP + 3 * ROW
    const p = prediction(state)
    const push = LOSSES[state.loss].push(p)
    const row = (share, k) => {
      const [y, end, side] = [TOP + ROW * k + ROW / 2, zero + long * push[k], Math.sign(push[k])]
      const colour = side < 0 ? "red" : "blue"
      return [
        text(0, y + 5, phrase(k ? "wrong" : "right"), "start", {"font-weight": k ? 400 : 700}),
        box(x(0), y - 14, x(share) - x(0), 28, k ? "soft" : "green"),
        text(x(share) + 6, y + 5, significant(share, 2)),
        rule([zero, y], [end, y], colour, 5),
        shape("path", {d: `M${end} ${y - 8}l${12 * side} 8l${-12 * side} 8z`, fill: `var(--toy-${colour})`}),
        text(end + 17 * side, y + 5, decimals(push[k], 2), side < 0 ? "end" : "start"),
      ]
    }
    const heads = [bold(LABEL, 14, phrase("probability")), bold(zero, 14, phrase("push"), "middle")]
    return {height, shapes: [heads, upright(zero, TOP, height - 6, "soft"), p.map(row)]}
  }

  const say = state => {
    const value = LOSSES[state.loss].value(prediction(state)).toFixed(3)
    return [phrase(`value ${state.loss}`), strong(value, "green"), small(state.loss)]
  }

  start({
    state: {loss: "cross_entropy", right: 0.6, split: 0.5},
    choices: {loss: Object.keys(LOSSES).map(loss => [loss, "ink", phrase(`name ${loss}`)])},
    sliders: {
      right: {label: phrase("knob right"), values: [0.01, ...steps(0.05, 0.95, 0.05), 0.99]},
      split: {label: phrase("knob split"), values: steps(0, 1, 0.05), say: split => `${Math.round(100 * split)}%`},
    },
    draw,
    say,
    play: {name: "split", to: 1, pace: 500},
    drag: ([left, down], {right}, width) => {
      const share = scale(...ends(width), 0, 1)(left)
      const rounded = part => Math.round(20 * clip(part, 0, 1)) / 20
      if (down < TOP + ROW) return {right: clip(rounded(share), 0.01, 0.99)}
      const part = clip(share / (1 - right), 0, 1)
      return {split: rounded(down < TOP + 2 * ROW ? part : 1 - part)}
    },
  })
})()
