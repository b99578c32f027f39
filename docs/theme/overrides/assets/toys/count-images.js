// By how much small or large batches lead in each study: after equally many images, or after equally many updates.
;(() => {
  const {data, phrase, scale, line, dot, text, box, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {small, large, close, studies} = data
  const [TOP, ROW, FOOT, EDGE] = [26, 27, 6, 12]
  const COLOURS = {small: "blue", large: "red", tie: "soft", open: "soft"}
  const BUDGETS = ["epochs", "updates"]
  const found = studies.flatMap(study => BUDGETS.map(budget => study[budget]).filter(Boolean))
  const [least, most] = [Math.min(...found.map(each => each.low), -3), Math.max(...found.map(each => each.high), 3)]
  // Close to a tie, a point takes more room than far from one.
  const bent = points => Math.sign(points) * Math.sqrt(Math.abs(points))
  const side = width => Math.min(150, width * 0.34)
  const place = width => {
    const x = scale(bent(least), bent(most), side(width) + EDGE, width - EDGE)
    return points => x(bent(points))
  }
  const colourOf = each => COLOURS[each?.ahead] ?? "soft"

  function row(study, i, {equal, study: here}, x, width) {
    const y = TOP + ROW * (i + 0.5)
    const [each, other] = [study[equal], study[BUDGETS.find(budget => budget !== equal)]]
    const hollow = each?.ahead === "open" ? {fill: "var(--toy-paper)"} : {}
    const ring = {stroke: `var(--toy-${colourOf(each)})`, "stroke-width": i === here ? 3 : 2}
    return [
      i === here && box(0, y - ROW / 2, width, ROW, "rule", {opacity: 0.5}),
      text(2, y + 4, study.name, {"font-size": 12, "font-weight": i === here ? 700 : 400}),
      other && dot(x(other.estimate), y, 4, colourOf(other), {opacity: 0.3}),
      each &&
        line(
          [
            [x(each.low), y],
            [x(each.high), y],
          ],
          colourOf(each),
          {"stroke-width": 2},
        ),
      each && dot(x(each.estimate), y, i === here ? 7 : 5, colourOf(each), {...ring, ...hollow}),
    ]
  }

  function draw(state, width) {
    const height = TOP + ROW * studies.length + FOOT
    const x = place(width)
    const foot = height - FOOT
    return {
      height,
      shapes: [
        box(x(-close), TOP, x(close) - x(-close), foot - TOP, "rule", {opacity: 0.6}),
        studies.map((study, i) => row(study, i, state, x, width)),
        line(
          [
            [x(0), TOP],
            [x(0), foot],
          ],
          "ink",
          {"stroke-width": 1},
        ),
        text(x(0) - 8, 14, `◂ ${phrase("ahead", {n: large})}`, {
          "text-anchor": "end",
          "font-size": 12,
          fill: "var(--toy-red)",
        }),
        text(x(0) + 8, 14, `${phrase("ahead", {n: small})} ▸`, {"font-size": 12, fill: "var(--toy-blue)"}),
      ]
        .flat(3)
        .filter(Boolean),
    }
  }

  function say({equal, study: here}) {
    const count = side => studies.filter(study => study[equal]?.ahead === side).length
    const each = studies[here][equal]
    const points = Math.abs(each?.estimate ?? 0).toFixed(1)
    const kind = each ? each.ahead : "missing"
    const n = {small, large}[kind]
    const numbers = {small, large, ahead: count("small"), behind: count("large"), all: studies.length}
    return [
      `${studies[here].name}: `,
      strong(phrase(kind, {n, points, close}), colourOf(each)),
      element("small", phrase("count", numbers)),
    ]
  }

  const last = studies.length - 1
  start({
    state: {equal: "epochs", study: 0},
    choices: {equal: BUDGETS.map(budget => [budget, phrase(budget)])},
    sliders: {study: {label: phrase("knob"), values: studies.map((_, i) => i), say: i => studies[i].name}},
    draw,
    say,
    play: {name: "study", to: last},
    drag: ([, down]) => ({study: Math.min(Math.max(Math.floor((down - TOP) / ROW), 0), last)}),
  })
})()
