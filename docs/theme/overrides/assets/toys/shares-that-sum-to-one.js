// Softmax: three scores, their exponentials, and shares of one whole.
;(() => {
  const {phrase, scale, line, dot, text, box, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {signed, significant} = globalThis.numbers
  const [FAR, LABEL, ROW, WHOLE] = [4, 44, 46, 46]
  const COLOURS = ["blue", "red", "green"]
  const NAMES = ["z1", "z2", "z3"]
  const places = Array.from({length: 17}, (_, i) => i / 2 - FAR)
  const ends = width => [LABEL, width - 62]

  function shares(state) {
    const powers = NAMES.map(name => Math.exp(state[name]))
    const whole = powers.reduce((sum, power) => sum + power)
    return {powers, whole, p: powers.map(power => power / whole)}
  }

  function draw(state, width) {
    const {powers, p} = shares(state)
    const x = scale(-FAR, FAR, ...ends(width))
    const height = 3 * ROW + WHOLE + 58
    const top = 3 * ROW + 34
    const from = i => p.slice(0, i).reduce((sum, share) => sum + share, 0) * width
    return {
      height,
      shapes: [
        line(
          [
            [x(0), 4],
            [x(0), 3 * ROW],
          ],
          "soft",
          {"stroke-width": 1},
        ),
        NAMES.map((name, i) => {
          const [at, middle] = [x(state[name]), ROW * i + ROW / 2]
          return [
            text(0, middle + 5, phrase("score", {n: "₁₂₃"[i], z: signed(`${state[name]}`)}), {"font-size": 12}),
            line(
              [
                [x(-FAR), middle],
                [x(FAR), middle],
              ],
              "rule",
              {"stroke-width": 2},
            ),
            line(
              [
                [x(0), middle],
                [at, middle],
              ],
              COLOURS[i],
              {"stroke-width": 6},
            ),
            dot(at, middle, 12, COLOURS[i], {stroke: "var(--toy-ink)", "stroke-width": 2}),
            text(width, middle + 5, `eᶻ ${significant(powers[i])}`, {"text-anchor": "end", "font-size": 12}),
          ]
        }),
        text(0, top - 10, phrase("shares"), {"font-size": 12, "font-weight": 600}),
        p.map((share, i) => [
          box(from(i), top, share * width - 1, WHOLE, COLOURS[i]),
          share > 0.09 &&
            text(from(i) + (share * width) / 2, top + 28, share.toFixed(3), {
              "text-anchor": "middle",
              "font-weight": 600,
              fill: "var(--toy-paper)",
            }),
        ]),
        text(0, top + WHOLE + 18, "0", {"font-size": 12}),
        text(width, top + WHOLE + 18, "1", {"text-anchor": "end", "font-size": 12}),
      ]
        .flat(3)
        .filter(Boolean),
    }
  }

  function say(state) {
    const {p} = shares(state)
    const terms = p.flatMap((share, i) => [i ? " + " : "", strong(share.toFixed(3), COLOURS[i])])
    const first = p.indexOf(Math.max(...p))
    const more = p.filter(share => share === p[first]).length > 1 ? "tie" : "ahead"
    return [...terms, " = 1", element("small", phrase(more, {n: first + 1, p: p[first].toFixed(3)}))]
  }

  start({
    state: {z1: 0, z2: 1, z3: 0},
    sliders: Object.fromEntries(
      NAMES.map((name, i) => [
        name,
        {label: phrase("knob", {n: i + 1}), values: places, say: z => signed(`${z}`), ends},
      ]),
    ),
    draw,
    say,
    play: {name: "z1", to: 2},
    drag: ([across, down], _, width) => {
      const name = NAMES[Math.floor(down / ROW)]
      const z = Math.round(2 * scale(...ends(width), -FAR, FAR)(across)) / 2
      return name && {[name]: Math.min(Math.max(z, -FAR), FAR)}
    },
  })
})()
