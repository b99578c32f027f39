// A prediction for three classes, of which the first is right: the value of a loss, and how it pushes each score.
;(() => {
  const {phrase, scale, line, text, box, strong, start} = globalThis.toys
  const {element, shape} = globalThis.elements
  const {significant, decimals} = globalThis.numbers
  const [LABEL, ROW, TOP] = [46, 62, 26]
  const target = [1, 0, 0]
  const prediction = ({right, split}) => [right, (1 - right) * split, (1 - right) * (1 - split)]
  const LOSSES = {
    cross_entropy: {
      value: p => -Math.log(p[0]),
      push: p => p.map((share, k) => target[k] - share),
    },
    mse: {
      value: p => p.reduce((sum, share, k) => sum + (share - target[k]) ** 2, 0) / 2,
      push: p => {
        const errors = p.map((share, k) => share - target[k])
        const mean = p.reduce((sum, share, k) => sum + share * errors[k], 0)
        return p.map((share, k) => share * (mean - errors[k]))
      },
    },
  }
  const steps = (low, high, count) =>
    Array.from({length: count + 1}, (_, i) => Number((low + ((high - low) * i) / count).toFixed(2)))

  function draw(state, width) {
    const p = prediction(state)
    const push = LOSSES[state.loss].push(p)
    const half = LABEL + (width - LABEL) * 0.52
    const x = scale(0, 1, LABEL, half - 44)
    const [zero, long] = [(half + width) / 2, (width - half) / 2 - 40]
    const height = TOP + 3 * ROW
    return {
      height,
      shapes: [
        text(LABEL, 14, phrase("probability"), {"font-size": 12, "font-weight": 600}),
        text(zero, 14, phrase("push"), {"font-size": 12, "font-weight": 600, "text-anchor": "middle"}),
        line(
          [
            [zero, TOP],
            [zero, height - 6],
          ],
          "soft",
          {"stroke-width": 1},
        ),
        p.map((share, k) => {
          const [middle, end] = [TOP + ROW * k + ROW / 2, zero + long * push[k]]
          const [colour, side] = [push[k] < 0 ? "red" : "blue", Math.sign(push[k])]
          return [
            text(0, middle + 5, phrase(k ? "wrong" : "right"), {"font-size": 12, "font-weight": k ? 400 : 700}),
            box(x(0), middle - 14, x(share) - x(0), 28, k ? "soft" : "green"),
            text(x(share) + 6, middle + 5, significant(share, 2), {"font-size": 12}),
            line(
              [
                [zero, middle],
                [end, middle],
              ],
              colour,
              {"stroke-width": 5},
            ),
            shape("path", {d: `M${end} ${middle - 8}l${12 * side} 8l${-12 * side} 8z`, fill: `var(--toy-${colour})`}),
            text(end + 17 * side, middle + 5, decimals(push[k], 2), {
              "font-size": 12,
              "text-anchor": side < 0 ? "end" : "start",
            }),
          ]
        }),
      ],
    }
  }

  function say(state) {
    const p = prediction(state)
    const value = LOSSES[state.loss].value(p).toFixed(3)
    return [phrase(`value ${state.loss}`), strong(value, "green"), element("small", phrase(state.loss))]
  }

  start({
    state: {loss: "cross_entropy", right: 0.6, split: 0.5},
    choices: {
      loss: [
        ["cross_entropy", phrase("name cross_entropy")],
        ["mse", phrase("name mse")],
      ],
    },
    sliders: {
      right: {label: phrase("knob right"), values: [0.01, ...steps(0.05, 0.95, 18), 0.99]},
      split: {label: phrase("knob split"), values: steps(0, 1, 20), say: split => `${Math.round(100 * split)}%`},
    },
    draw,
    say,
    play: {name: "split", to: 1, pace: 500},
    drag: ([across, down], state, width) => {
      const share = scale(LABEL, LABEL + (width - LABEL) * 0.52 - 44, 0, 1)(across)
      if (down < TOP + ROW) {
        const right = Math.round(20 * share) / 20
        return {right: right <= 0 ? 0.01 : right >= 1 ? 0.99 : right}
      }
      const part = Math.min(Math.max(share / (1 - state.right), 0), 1)
      const split = down < TOP + 2 * ROW ? part : 1 - part
      return {split: Math.round(20 * split) / 20}
    },
  })
})()
