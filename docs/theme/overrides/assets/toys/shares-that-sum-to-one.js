// Softmax: three scores, their exponentials, and shares of one whole.
;(() => {
  const {phrase, steps, clip, scale, softmax, across, upright, rule, knob, text, bold, box, strong, small, start} =
    globalThis.toys
  const {signed, significant} = globalThis.numbers
  const [FAR, LABEL, ROW, WHOLE] = [4, 44, 46, 46]
  const COLOURS = ["blue", "red", "green"]
  const NAMES = ["z1", "z2", "z3"]
  const ends = width => [LABEL, width - 62]
  const scoresOf = state => NAMES.map(name => state[name])

  function draw(state, width) {
    const x = scale(-FAR, FAR, ...ends(width))
    const top = 3 * ROW + 34
    const score = (z, i) => {
      const y = ROW * i + ROW / 2
      return [
        text(0, y + 5, phrase("score", {n: "₁₂₃"[i], z: signed(`${z}`)})),
        across(y, x(-FAR), x(FAR), "rule", 2),
        rule([x(0), y], [x(z), y], COLOURS[i], 6),
        knob(x(z), y, 12, COLOURS[i]),
        text(width, y + 5, `eᶻ ${significant(Math.exp(z))}`, "end"),
      ]
    }
    let from = 0
    const shares = softmax(scoresOf(state)).map((share, i) => {
      const [left, wide] = [from, share * width]
      from += wide
      return [
        box(left, top, wide - 1, WHOLE, COLOURS[i]),
        share > 0.09 && bold(left + wide / 2, top + 28, share.toFixed(3), "middle", {colour: "paper"}),
      ]
    })
    return {
      height: top + WHOLE + 24,
      shapes: [
        upright(x(0), 4, 3 * ROW, "soft"),
        scoresOf(state).map(score),
        bold(0, top - 10, phrase("shares")),
        shares,
        text(0, top + WHOLE + 18, "0"),
        text(width, top + WHOLE + 18, "1", "end"),
      ],
    }
  }

  function say(state) {
    const p = softmax(scoresOf(state))
    const terms = p.flatMap((share, i) => [i ? " + " : "", strong(share.toFixed(3), COLOURS[i])])
    const most = Math.max(...p)
    const isTie = p.filter(share => share === most).length > 1
    return [...terms, " = 1", small(isTie ? "tie" : "ahead", {n: p.indexOf(most) + 1, p: most.toFixed(3)})]
  }

  const slider = i => ({
    label: phrase("knob", {n: i + 1}),
    values: steps(-FAR, FAR, 0.5),
    say: z => signed(`${z}`),
    ends,
  })
  start({
    state: {z1: 0, z2: 1, z3: 0},
    sliders: {z1: slider(0), z2: slider(1), z3: slider(2)},
    draw,
    say,
    play: {name: "z1", to: 2},
    drag: ([left, down], _, width) => {
      const name = NAMES[Math.floor(down / ROW)]
      const z = Math.round(2 * scale(...ends(width), -FAR, FAR)(left)) / 2
      return name && {[name]: clip(z, -FAR, FAR)}
    },
  })
})()
