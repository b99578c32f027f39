// By how much small or large batches lead in each study: after equally many images, or after equally many updates.
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
  const {small, large, close, studies} = data
  const [TOP, ROW, FOOT, EDGE] = [26, 27, 6, 12]
  const COLOURS = {small: "blue", large: "red"}
  const BUDGETS = ["epochs", "updates"]
  const found = studies.flatMap(study => BUDGETS.map(budget => study[budget]).filter(Boolean))
  const [least, most] = [Math.min(...found.map(each => each.low), -3), Math.max(...found.map(each => each.high), 3)]
  // Close to a tie, a point takes more room than far from one.
  const bent = points => Math.sign(points) * Math.sqrt(Math.abs(points))
  const colourOf = each => COLOURS[each?.ahead] ?? "soft"
  const last = studies.length - 1

  function draw({equal, study: here}, width) {
    const height = TOP + ROW * studies.length + FOOT
    const foot = height - FOOT
    const place = scale(bent(least), bent(most), Math.min(150, width * 0.34) + EDGE, width - EDGE)
    const x = points => place(bent(points))
    const row = (study, i) => {
      const [y, isHere] = [TOP + ROW * (i + 0.5), i === here]
      const [each, other] = [study[equal], study[BUDGETS.find(budget => budget !== equal)]]
      const rim = {stroke: `var(--toy-${colourOf(each)})`, "stroke-width": isHere ? 3 : 2}
      const inside = each?.ahead === "open" ? "paper" : colourOf(each)
      return [
        isHere && box(0, y - ROW / 2, width, ROW, "rule", {opacity: 0.5}),
        text(2, y + 4, study.name, "start", {"font-weight": isHere ? 700 : 400}),
        other && dot(x(other.estimate), y, 4, colourOf(other), {opacity: 0.3}),
        each && across(y, x(each.low), x(each.high), colourOf(each), 2),
        each && dot(x(each.estimate), y, isHere ? 7 : 5, inside, rim),
      ]
    }
    return {
      height,
      shapes: [
        box(x(-close), TOP, x(close) - x(-close), foot - TOP, "rule", {opacity: 0.6}),
        studies.map(row),
        upright(x(0), TOP, foot, "ink"),
        text(x(0) - 8, 14, `◂ ${phrase("ahead", {n: large})}`, "end", {colour: "red"}),
        text(x(0) + 8, 14, `${phrase("ahead", {n: small})} ▸`, "start", {colour: "blue"}),
      ],
    }
  }

  function say({equal, study: here}) {
    const count = side => studies.filter(study => study[equal]?.ahead === side).length
    const {name, [equal]: each} = studies[here]
    const kind = each ? each.ahead : "missing"
    const points = Math.abs(each?.estimate ?? 0).toFixed(1)
    return [
      `${name}: `,
      strong(phrase(kind, {n: {small, large}[kind], points, close}), colourOf(each)),
      note("count", {small, large, ahead: count("small"), behind: count("large"), all: studies.length}),
    ]
  }

  start({
    state: {equal: "epochs", study: 0},
    choices: {equal: BUDGETS},
    sliders: {study: {label: phrase("knob"), values: steps(0, last), say: i => studies[i].name}},
    draw,
    say,
    play: {name: "study", to: last},
    drag: ([, down]) => ({study: clip(Math.floor((down - TOP) / ROW), 0, last)}),
  })
})()
