// "Draw your own path": the reader draws a policy on the map of batch size and learning rate, and the error by batch size
// follows. A policy is a learning rate of one batch size, and the exponent with which the rate grows with the batch. The
// address holds it: `#own-path&from=16&rate=1/4&exponent=0.5`.
;(() => {
  const host = document.querySelector(".surface")
  const {element, button, fill, table} = globalThis.elements
  const {signed} = globalThis.numbers
  const {present, extremes, readPath} = globalThis.surfacePath
  const {chart} = globalThis.charts
  const data = JSON.parse(host.dataset.surface)
  const words = JSON.parse(host.dataset.words)
  const {accuracies, behind, exponents, failed, policies, rateNames, references, sizes, tuned} = data
  const highest = Math.max(...accuracies.flat())
  const phrase = (term, values) => fill(words[term], {reference: references[from], ...values})
  const percent = number => (number === null ? "–" : phrase("percent", {number: number.toFixed(1)}))
  const named = Object.entries(policies)
  let from = 0 // position of the reference: the batch size whose rate the reader chooses
  let start = data.starts[from]
  let exponent = policies.fixed

  // Drawings: a shape is [tag, class, points], a point [x, y] -----------------------------------------------------------

  const x = {range: [-0.5, sizes.length - 0.5], marks: [...sizes.entries()]}
  const dots = (kind, points) => points.map(point => ["polyline", `surface-dot ${kind}`, [point, point]])
  const line = (kind, points) => [["polyline", kind, points], ...dots(kind, points)]

  /** Return the corners of a cell, in their order around it. */
  const corners = (i, j) => [0, 1, 3, 2].map(corner => [i - 0.5 + (corner & 1), j - 0.5 + (corner >> 1)])
  const square = (shade, i, j) => ["polygon", `surface-${shade}`, corners(i, j)]
  const diagonal = (i, j) => ["polyline", "surface-hatch", corners(i, j).filter((_, corner) => corner % 2 === 0)]

  const cells = accuracies.flatMap((column, i) =>
    column.flatMap((accuracy, j) => {
      const shade = behind.findLastIndex(limit => highest - accuracy >= limit)
      return [square(shade, i, j), ...(failed[i][j] ? [diagonal(i, j)] : [])]
    }),
  )

  function map(path) {
    const points = present(path)
    return chart({
      title: words.map,
      label: phrase("map label", {path: path.map((rate, i) => `${sizes[i]}: ${rateText(rate)}`).join("; ")}),
      x,
      y: {range: [-0.5, rateNames.length - 0.5], marks: [...rateNames.entries()]},
      shapes: [...cells, ["polyline", "surface-halo", points], ...line("surface-own", points)],
      height: 46 + 18 * rateNames.length,
    }).svg
  }

  function errorChart(along) {
    const y = {range: data.range.map(Math.log), marks: data.marks.map(mark => [Math.log(mark), mark])}
    const height = accuracy => Math.log(Math.max(100 - accuracy, data.least))
    const points = numbers => present(numbers).map(([i, accuracy]) => [i, height(accuracy)])
    const shapes = [...line("surface-tuned", points(tuned)), ...line("surface-own", points(along))]
    return chart({title: words.chart, label: words["chart label"], x, y, shapes}).svg
  }

  function key() {
    const title = phrase("key", {best: percent(highest)})
    const limits = {range: [0, behind.length], marks: [...behind.entries()]}
    const shapes = behind.map((_, shade) => square(shade, shade + 0.5, 0.5))
    const label = `${title}: ${behind.join(", ")}`
    return chart({title, label, x: limits, y: {range: [0, 1], marks: []}, shapes, height: 58}).svg
  }

  // Texts ------------------------------------------------------------------------------------------------------------

  const rateText = rate => (rate === null ? words["no point"] : rateNames[rate])

  function exponentText() {
    const [name] = named.find(([, value]) => value === exponent) ?? []
    return signed(name ? `${exponent}, ${words[name]}` : `${exponent}`)
  }

  /** Return the text on where the path is best and worst, how far it falls below the tuned policy, and where it ends. */
  function summary(path, along) {
    const {best, worst, farthest} = extremes(along, tuned)
    const [high, low] = [best, worst].map(i => percent(along[i]))
    const points = (tuned[farthest] - along[farthest]).toFixed(1)
    const missing = sizes.filter((_, i) => path[i] === null)
    const texts = [
      best === worst
        ? phrase("one point", {size: sizes[best], number: high})
        : phrase("ends", {best: sizes[best], high, worst: sizes[worst], low}),
      Number(points) > 0 ? phrase("below", {size: sizes[farthest], number: points}) : words.above,
    ]
    if (missing.length) texts.push(phrase("leaves", {sizes: missing.join(", ")}))
    return texts.join(" ")
  }

  // The page ---------------------------------------------------------------------------------------------------------

  function slider(term, attributes, onchange) {
    const input = element("input", {type: "range", ...attributes, oninput: () => onchange(Number(input.value))})
    const text = element("strong", {"aria-hidden": "true"})
    const describe = value => {
      input.setAttribute("aria-valuetext", value)
      text.textContent = value
    }
    const name = element("span")
    const rename = () => name.replaceChildren(phrase(term))
    rename()
    return {input, describe, rename, label: element("label", name, " ", text, input)}
  }

  const rateSlider = slider("rate", {min: 0, max: rateNames.length - 1, value: start}, value => draw(value, exponent))
  const [min, step, max] = [exponents[0], exponents[1] - exponents[0], exponents.at(-1)]
  const exponentSlider = slider("exponent", {min, max, step, value: exponent}, value => draw(start, value))
  const buttons = named.map(([name, value]) => button(words[name], () => draw(start, value)))
  const chooseOwner = i => {
    startFrom(i)
    draw(data.starts[i], exponent)
  }
  const owners = references.map((size, i) => button(fill(words["own rate"], {reference: size}), () => chooseOwner(i)))
  const group = {class: "film-bar", role: "group", "aria-label": words["policy for the learning rate"]}
  const charts = element("div", {class: "film-charts"})
  const sentence = element("p", {"aria-hidden": "true"}) // which follows at once
  const status = element("p", {class: "film-told", role: "status"})
  const numbers = element("div")
  host.append(
    element("h3", words.title),
    element("p", phrase("intro")),
    element(
      "div",
      {class: "surface-parts"},
      element(
        "div",
        element("div", {class: "film-bar", role: "group", "aria-label": words["own rates"]}, ...owners),
        rateSlider.label,
        exponentSlider.label,
        element("div", group, ...buttons),
      ),
      charts,
      element(
        "div",
        sentence,
        status,
        element("div", {class: "film-charts"}, key()),
        ...(failed.flat().includes(1) ? [element("p", words.hatched)] : []),
        element("p", ...["own", "tuned"].map(name => element("span", {class: `surface-${name}`}, words[name]))),
      ),
    ),
    element("details", element("summary", words.table), numbers),
    element("p", words.caution),
  )

  let announcement // timer for the last change, since a dragged slider makes many
  function show(newStart, newExponent) {
    start = newStart
    exponent = newExponent
    exponentSlider.input.value = exponent
    rateSlider.input.value = start
    rateSlider.describe(rateNames[start])
    exponentSlider.describe(exponentText())
    for (const [i, owner] of owners.entries())
      owner.setAttribute("aria-pressed", i === from && start === data.starts[i])
    for (const [i, [, value]] of named.entries()) buttons[i].setAttribute("aria-pressed", value === exponent)
    const path = data.paths[from][exponents.indexOf(exponent)][start]
    const along = path.map((rate, i) => (rate === null ? null : accuracies[i][rate]))
    charts.replaceChildren(map(path), errorChart(along))
    const heads = [words["batch size"], words["learning rate"], words.own, words.tuned]
    const rows = sizes.map((size, i) => [size, rateText(path[i]), percent(along[i]), percent(tuned[i])])
    numbers.replaceChildren(table(heads, rows, words.caption))
    sentence.textContent = summary(path, along)
    const announce = () => (status.textContent = sentence.textContent)
    clearTimeout(announcement)
    if (status.hasChildNodes()) announcement = setTimeout(announce, 400)
    else announce()
  }

  function startFrom(i) {
    from = i
    rateSlider.rename()
  }

  /** Show a path of the reader, and keep it in the address. */
  function draw(...path) {
    show(...path)
    pages.keepAddress(`#own-path&from=${references[from]}&rate=${rateNames[start]}&exponent=${exponent}`)
  }

  /** Show the path of the address; without one, that of the first batch size. */
  function follow() {
    const path = readPath(location.hash, data)
    if (path) startFrom(path.from)
    show(path?.start ?? start, path?.exponent ?? exponent)
    if (path) host.scrollIntoView()
  }
  addEventListener("hashchange", follow)
  addEventListener("load", () => readPath(location.hash, data) && host.scrollIntoView())
  follow()
})()
