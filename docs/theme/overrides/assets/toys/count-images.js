// By how much small or large batches lead on each data set and with each way to train: after equally many images, or after
// equally many updates.
;(() => {
  const {
    data,
    phrase,
    steps,
    clip,
    scale,
    across,
    upright,
    dot,
    text,
    box,
    strong,
    small: note,
    start,
  } = globalThis.toys
  const {small, large, close, rows} = data
  const [TOP, ROW, GAP, FOOT, EDGE] = [26, 15, 8, 6, 12]
  const COLOURS = {small: "blue", large: "red"}
  const BUDGETS = ["epochs", "updates"]
  const found = rows.flatMap(row => BUDGETS.map(budget => row[budget]))
  const [least, most] = [Math.min(...found.map(each => each.low), -3), Math.max(...found.map(each => each.high), 3)]
  // Close to a tie, a point takes more room than far from one.
  const bent = points => Math.sign(points) * Math.sqrt(Math.abs(points))
  const colourOf = each => COLOURS[each.ahead] ?? "soft"
  const last = rows.length - 1
  const groups = [...new Set(rows.map(row => row.group))]
  const top = i => TOP + ROW * i + GAP * groups.indexOf(rows[i].group)

  function draw({equal, row: here}, width) {
    const height = top(last) + ROW + FOOT
    const foot = height - FOOT
    const place = scale(bent(least), bent(most), Math.min(150, width * 0.34) + EDGE, width - EDGE)
    const x = points => place(bent(points))
    const lead = (row, i) => {
      const [y, isHere] = [top(i) + ROW / 2, i === here]
      const [each, other] = [row[equal], row[BUDGETS.find(budget => budget !== equal)]]
      return [
        isHere && box(0, y - ROW / 2, width, ROW, "rule", {opacity: 0.5}),
        rows[i - 1]?.group !== row.group && text(2, y + 4, row.group, "start"),
        dot(x(other.estimate), y, 3, colourOf(other), {opacity: 0.3}),
        across(y, x(each.low), x(each.high), colourOf(each), 2),
        dot(x(each.estimate), y, isHere ? 6 : 4, colourOf(each)),
      ]
    }
    return {
      height,
      shapes: [
        box(x(-close), TOP, x(close) - x(-close), foot - TOP, "rule", {opacity: 0.6}),
        rows.map(lead),
        upright(x(0), TOP, foot, "ink"),
        text(x(0) - 8, 14, `◂ ${phrase("ahead", {n: large})}`, "end", {colour: "red"}),
        text(x(0) + 8, 14, `${phrase("ahead", {n: small})} ▸`, "start", {colour: "blue"}),
      ],
    }
  }

  function say({equal, row: here}) {
    const count = side => rows.filter(row => row[equal].ahead === side).length
    const {name, [equal]: each} = rows[here]
    const points = Math.abs(each.estimate).toFixed(1)
    return [
      `${name}: `,
      strong(phrase(each.ahead, {n: {small, large}[each.ahead], points, close}), colourOf(each)),
      note("count", {small, large, close, ahead: count("small"), behind: count("large"), all: rows.length}),
    ]
  }

  start({
    state: {equal: "epochs", row: 0},
    choices: {equal: BUDGETS},
    sliders: {row: {label: phrase("knob"), values: steps(0, last), say: i => rows[i].name}},
    draw,
    say,
    play: {name: "row", to: last},
    drag: ([, down]) => ({
      row: clip(
        rows.findLastIndex((_, i) => top(i) <= down),
        0,
        last,
      ),
    }),
  })
})()
