// "Choose a rate": steps of gradient descent in a bowl, at the learning rate and the curvature that the reader chooses.
;(() => {
  const host = document.querySelector(".descent")
  const {fill} = globalThis.elements
  const {signed, significant, tickText} = globalThis.numbers
  const {chart} = globalThis.charts
  const {loss, descend, course, reach, within} = globalThis.descent
  const words = JSON.parse(host.dataset.words)
  const START = 6
  const STEPS = 10
  const TOLD = 3 // steps whose weights are written out
  const slider = host.querySelector("[type=range]")
  const shownRate = host.querySelector("strong")
  const [marks, sentence, status] = host.querySelectorAll("p")
  const picture = host.querySelector(".film-charts")
  let announcement // timer for the last change, since a dragged slider makes many

  const short = w => signed(`${Number(w.toFixed(3))}`)

  function draw(path, curvature, [wide, high]) {
    const point = w => [w, loss(curvature, w)]
    const bowl = Array.from({length: 81}, (_, i) => point((i / 40 - 1) * wide)).filter(([, up]) => up <= high)
    const points = path.map(point)
    const steps = within([wide, high], points)
    const dots = points.filter(one => steps.includes(one)).map(one => ["polyline", "descent-dot", [one, one]])
    const {svg} = chart({
      title: words.picture,
      label: fill(words.label, {start: tickText(path[0]), steps: STEPS}),
      x: {range: [-wide, wide], marks: [-START, 0, START].map(w => [w, tickText(w)])},
      y: {
        range: [0, high],
        marks: [0, 50, 100].map(share => [(share / 100) * high, significant((share / 100) * high, 2)]),
      },
      shapes: [["polyline", "descent-bowl", bowl], ["polyline", "descent-path", steps], ...dots],
      height: 220,
    })
    picture.replaceChildren(svg)
  }

  function show() {
    const rate = Number(slider.value)
    const curvature = Number(host.querySelector(":checked").value)
    const kind = course(rate, curvature)
    const path = descend(START, rate, curvature, STEPS)
    shownRate.textContent = tickText(rate)
    slider.setAttribute("aria-valuetext", tickText(rate))
    marks.textContent = fill(words.marks, {best: tickText(1 / curvature), limit: tickText(2 / curvature)})
    sentence.textContent = fill(words[kind], {
      factor: tickText(1 - rate * curvature),
      first: path
        .slice(0, TOLD + 1)
        .map(short)
        .join(" → "),
      end: significant(path.at(-1), 2),
      steps: STEPS,
    })
    host.dataset.course = kind
    draw(path, curvature, reach(START, rate, curvature))
    clearTimeout(announcement)
    announcement = setTimeout(() => (status.textContent = sentence.textContent), 400)
  }

  host.addEventListener("input", show)
  show()
})()
