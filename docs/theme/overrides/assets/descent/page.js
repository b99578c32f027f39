// "Choose a rate": steps of gradient descent in a bowl, at the learning rate and the curvature that the reader chooses.
;(() => {
  const host = document.querySelector(".descent")
  const {fill} = globalThis.elements
  const {significant, tickText} = globalThis.numbers
  const {chart} = globalThis.charts
  const {loss, descend, course, isInside, within} = globalThis.descent
  const words = JSON.parse(host.dataset.words)
  const STARTS = [6, 3, 1, 0.5, 0.2, 0.05]
  const STEPS = 10
  const [WIDE, HIGH] = [10, 100] // of the picture, in weight and loss
  const slider = host.querySelector("[type=range]")
  const shownRate = host.querySelector("strong")
  const [marks, sentence, status] = host.querySelectorAll("p")
  const picture = host.querySelector(".film-charts")
  let announcement // timer for the last change, since a dragged slider makes many

  /** Return the first start from which two steps stay in the picture, however fast they diverge. */
  function chooseStart(rate, curvature) {
    const staysInside = start => {
      const end = descend(start, rate, curvature, 2).at(-1)
      return isInside([WIDE, HIGH], [end, loss(curvature, end)])
    }
    return STARTS.find(staysInside)
  }

  function draw(path, curvature) {
    const point = w => [w, loss(curvature, w)]
    const bowl = Array.from({length: 81}, (_, i) => point((i / 40 - 1) * WIDE)).filter(([, up]) => up <= HIGH)
    const points = path.map(point)
    const steps = within([WIDE, HIGH], points)
    const dots = points.filter(one => steps.includes(one)).map(one => ["polyline", "descent-dot", [one, one]])
    const {svg} = chart({
      title: words.picture,
      label: fill(words.label, {start: tickText(path[0]), steps: STEPS}),
      x: {range: [-WIDE, WIDE], marks: [-6, 0, 6].map(w => [w, tickText(w)])},
      y: {range: [0, HIGH], marks: [0, 50, 100].map(height => [height, height])},
      shapes: [["polyline", "descent-bowl", bowl], ["polyline", "descent-path", steps], ...dots],
      height: 220,
    })
    picture.replaceChildren(svg)
  }

  function show() {
    const rate = Number(slider.value)
    const curvature = Number(host.querySelector(":checked").value)
    const kind = course(rate, curvature)
    const path = descend(chooseStart(rate, curvature), rate, curvature, STEPS)
    shownRate.textContent = tickText(rate)
    slider.setAttribute("aria-valuetext", tickText(rate))
    marks.textContent = fill(words.marks, {best: tickText(1 / curvature), limit: tickText(2 / curvature)})
    sentence.textContent = fill(words[kind], {
      factor: tickText(1 - rate * curvature),
      start: tickText(path[0]),
      end: significant(path.at(-1), 2),
      steps: STEPS,
    })
    host.dataset.course = kind
    draw(path, curvature)
    clearTimeout(announcement)
    announcement = setTimeout(() => (status.textContent = sentence.textContent), 400)
  }

  host.addEventListener("input", show)
  show()
})()
