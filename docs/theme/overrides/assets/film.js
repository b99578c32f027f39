// The training film. A film is a file of weights after some of the epochs (see ontrial/report/figures/film.py). This script
// computes the outputs of those networks on a grid over the plane, so that frames are exact and files are small.
;(() => {
  const PAUSE = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 180 // milliseconds per frame

  // Networks: the same formulas as in ontrial/nn ---------------------------------------------------------------------

  const sigmoid = z => 1 / (1 + Math.exp(-z))
  const ACTIVATIONS = {
    identity: z => z,
    sigmoid,
    tanh: Math.tanh,
    relu: z => Math.max(z, 0),
    leaky_relu: z => Math.max(z, 0.01 * z),
    elu: z => (z > 0 ? z : Math.expm1(z)),
    gelu: z => z * normal(z),
    silu: z => z * sigmoid(z),
    softplus: z => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  }

  // The normal distribution function, to seven digits. Source: Abramowitz & Stegun 7.1.26.
  function normal(z) {
    const x = Math.abs(z) / Math.SQRT2
    const t = 1 / (1 + 0.3275911 * x)
    const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    const tail = (sum * Math.exp(-x * x)) / 2
    return z < 0 ? tail : 1 - tail
  }

  const numbers = text => new Float32Array(Uint8Array.from(atob(text), character => character.charCodeAt(0)).buffer)

  // The output of every layer for points (n × 2, flat): arrays of n × n_out. The last is p of the second class, n × 1.
  function outputs(arm, weights, points) {
    const last = arm.layers.length - 2
    const layers = []
    let a = points
    let start = 0 // of the layer's weights
    for (let layer = 0; layer <= last; layer++) {
      const [n_in, n_out] = arm.layers.slice(layer, layer + 2)
      const W = weights.subarray(start, start + n_in * n_out)
      const b = weights.subarray(start + n_in * n_out, start + (n_in + 1) * n_out)
      start += (n_in + 1) * n_out
      const activation = layer < last ? ACTIVATIONS[arm.activation] : z => z
      const rows = a.length / n_in
      const output = new Float32Array(rows * n_out)
      for (let row = 0; row < rows; row++)
        for (let j = 0; j < n_out; j++) {
          let z = b[j]
          for (let i = 0; i < n_in; i++) z += a[row * n_in + i] * W[i * n_out + j]
          output[row * n_out + j] = activation(z)
        }
      layers.push(output)
      a = output
    }
    layers.push(arm.output === "softmax" ? softmax(layers.pop()) : layers.pop().map(sigmoid))
    return layers
  }

  // p of the second class, for two classes.
  const softmax = z => Float32Array.from({length: z.length / 2}, (_, row) => sigmoid(z[2 * row + 1] - z[2 * row]))

  globalThis.filmNetworks = {ACTIVATIONS, numbers, outputs}

  // The page ---------------------------------------------------------------------------------------------------------

  const host = document.querySelector(".film")
  if (!host) return
  const {folder} = host.dataset
  const films = JSON.parse(host.dataset.films)
  const words = JSON.parse(host.dataset.words)
  const {fill, elementAdder, addShape, loadScript} = globalThis.elements
  const {SIDE, coloursOf, canvasContext, gridPoints, shade, decades, addChart} = globalThis.drawing
  const addElement = elementAdder(host)

  const bar = addElement("div", {class: "film-bar"})
  const filmSelect = addElement("select", {parent: addElement("label", {parent: bar, text: `${words.film} `})})
  for (const film of films) addElement("option", {parent: filmSelect, value: film.id, text: film.title})
  const buttons = addElement("div", {class: "film-buttons", parent: bar})
  const backButton = addElement("button", {parent: buttons, type: "button", "aria-label": words.previous, text: "◂"})
  const playButton = addElement("button", {parent: buttons, type: "button"})
  const forwardButton = addElement("button", {parent: buttons, type: "button", "aria-label": words.next, text: "▸"})
  const slider = addElement("input", {parent: bar, type: "range", min: 0, value: 0, "aria-label": words.epoch})
  const clock = addElement("output", {parent: bar, class: "film-clock"})
  const notice = addElement("p", {class: "film-notice", role: "status"})
  const stage = addElement("div", {class: "film-stage", tabindex: 0, role: "group", "aria-label": words.keys})
  const screens = [0, 1].map(number => {
    const parent = addElement("div", {class: "film-arm", parent: stage})
    const heading = addElement("p", {parent, class: `film-name film-line-${number + 1}`})
    const plane = addElement("canvas", {parent, role: "img", class: "film-plane"})
    const facts = addElement("p", {parent, class: "film-facts"})
    const units = addElement("div", {parent, class: "film-units"})
    return {heading, plane, facts, units}
  })
  const pointValues = addElement("p", {class: "film-pointed", text: words.point})
  const charts = addElement("div", {class: "film-charts"})
  const sharedSettings = addElement("p", {class: "film-shared"})
  const announcement = addElement("p", {class: "film-told", role: "status"})

  // A frame ----------------------------------------------------------------------------------------------------------

  const state = {film: null, frame: 0, timer: 0, saveTimer: 0, requested: null, cursors: [], point: null}
  let colours = coloursOf(host)

  function drawPlane(screen, arm) {
    const {weights, layers} = screen
    const {points, labels} = state.film
    const {context, x, y} = drawing.drawPlane(screen.plane, colours, {
      range: state.film.plane,
      points,
      labels,
      p: layers?.at(-1),
      predicted:
        weights &&
        outputs(arm, weights, points)
          .at(-1)
          .map(p => p > 0.5),
      drawBelow: (...place) => layers.length > 1 && drawUnitLines(arm, weights, ...place),
    })
    if (state.point) {
      const [left, top] = [x(state.point[0]), y(state.point[1])]
      context.strokeStyle = colours.ink
      context.lineWidth = 1
      context.strokeRect(left - 5, top - 5, 10, 10)
    }
  }

  // Draw the line w·x + b = 0 of each unit of the first hidden layer.
  function drawUnitLines(arm, weights, context, x, y) {
    const n = arm.layers[1]
    const reach = 4 * (state.film.plane[1] - state.film.plane[0])
    context.strokeStyle = colours.muted
    context.lineWidth = 1
    context.setLineDash([4, 3])
    for (let unit = 0; unit < n; unit++) {
      const [w1, w2, b] = [weights[unit], weights[n + unit], weights[2 * n + unit]]
      const square = w1 * w1 + w2 * w2
      if (!square) continue
      const [nearX, nearY] = [(-b * w1) / square, (-b * w2) / square]
      const length = reach / Math.sqrt(square)
      context.beginPath()
      context.moveTo(x(nearX - w2 * length), y(nearY + w1 * length))
      context.lineTo(x(nearX + w2 * length), y(nearY - w1 * length))
      context.stroke()
    }
    context.setLineDash([])
  }

  // Draw the output of each hidden unit over the plane, one canvas per layer, relative to the largest of its layer.
  function drawUnits(screen, arm) {
    const {layers} = screen
    const hidden = layers ? layers.slice(0, -1) : []
    screen.units.hidden = !hidden.length
    while (screen.units.children.length > hidden.length) screen.units.lastChild.remove()
    while (screen.units.children.length < hidden.length) addElement("canvas", {parent: screen.units, role: "img"})
    hidden.forEach((a, layer) => {
      const n = arm.layers[layer + 1]
      const perRow = Math.min(n, 8)
      const width = screen.units.clientWidth
      const size = Math.min(width / 8, 44)
      const context = canvasContext(screen.units.children[layer], perRow * size, Math.ceil(n / perRow) * size)
      const largest = a.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1
      let silent = 0
      for (let unit = 0; unit < n; unit++) {
        const values = Float32Array.from({length: SIDE * SIDE}, (_, point) => a[point * n + unit] / largest)
        const [left, top] = [(unit % perRow) * size, Math.floor(unit / perRow) * size]
        shade(context, colours, values, 1, left, top, size - 3)
        context.strokeStyle = colours.muted
        context.strokeRect(left + 0.5, top + 0.5, size - 4, size - 4)
        if (values.some(Boolean)) continue
        silent += 1
        context.beginPath()
        context.moveTo(left, top)
        context.lineTo(left + size - 3, top + size - 3)
        context.stroke()
      }
      const canvas = screen.units.children[layer]
      canvas.style.width = `${perRow * size}px`
      canvas.setAttribute("aria-label", fill(words.units, {layer: layer + 1, n, silent}))
    })
  }

  const percent = share => fill(words.percent, {value: (100 * share).toFixed(1)})
  const epoch = () => state.film.epochs[state.frame]

  // The frame of an arm. After it diverged, that is its last one, which has no weights.
  const frameOf = arm => Math.min(state.frame, arm.weights.length - 1)

  function facts(arm) {
    const frame = frameOf(arm)
    if (!arm.weights[frame]) return words.diverged
    const parts = [
      fill(words.accuracy, {value: percent(arm.test_accuracy[frame])}),
      fill(words.loss, {value: arm.train_loss[frame].toPrecision(3)}),
    ]
    if (arm.dead_units[frame] !== null) parts.push(fill(words.dead, {value: percent(arm.dead_units[frame])}))
    return parts.join(" · ")
  }

  function show() {
    const {film} = state
    film.arms.forEach((arm, number) => {
      const screen = screens[number]
      screen.weights = arm.weights[frameOf(arm)]
      screen.layers = screen.weights && outputs(arm, screen.weights, film.grid)
      drawPlane(screen, arm)
      drawUnits(screen, arm)
      screen.facts.textContent = facts(arm)
      const picture = fill(words.picture, {epoch: epoch()})
      screen.plane.setAttribute("aria-label", `${film.names[number]}. ${picture} ${facts(arm)}`)
    })
    slider.value = state.frame
    slider.setAttribute("aria-valuetext", fill(words.at, {epoch: epoch(), last: film.epochs.at(-1)}))
    clock.textContent = fill(words.at, {epoch: epoch(), last: film.epochs.at(-1)})
    for (const [cursor, x] of state.cursors) {
      cursor.setAttribute("x1", x(state.frame))
      cursor.setAttribute("x2", x(state.frame))
    }
    showPoint()
  }

  function setPoint(position) {
    state.point = position
    if (!state.film) return
    state.film.arms.forEach((arm, number) => {
      drawPlane(screens[number], arm)
    })
    showPoint()
  }

  // Announce the frame to screen readers, only when a film stops and not with every frame.
  function announce() {
    const arms = state.film.arms.map((arm, number) => `${state.film.names[number]}: ${facts(arm)}`)
    announcement.textContent = `${fill(words.said, {epoch: epoch()})} ${arms.join("; ")}.`
  }

  function showPoint() {
    if (!state.point) {
      pointValues.textContent = words.point
      return
    }
    const values = state.film.arms.map((arm, number) => {
      const {weights} = screens[number]
      const p = weights && outputs(arm, weights, Float32Array.from(state.point)).at(-1)[0]
      return `${state.film.names[number]} ${weights ? p.toFixed(4) : "–"}`
    })
    const [x, y] = state.point.map(value => value.toFixed(2))
    pointValues.textContent = fill(words.pointed, {x, y, values: values.join(" · ")})
  }

  // Curves -----------------------------------------------------------------------------------------------------------

  function drawCharts() {
    const {range, marks} = decades(state.film.arms.flatMap(arm => arm.train_loss).filter(loss => loss > 0))
    const shares = [
      [0, "0"],
      [0.5, "50"],
      [1, "100"],
    ]
    charts.replaceChildren()
    state.cursors = [
      chart(words.loss_chart, "train_loss", Math.log10, {range, marks}),
      chart(words.accuracy_chart, "test_accuracy", share => share, {range: [0, 1], marks: shares}),
    ]
  }

  function chart(title, measure, scale, y) {
    const {epochs, arms} = state.film
    const last = epochs.length - 1
    const marked = [...new Set([0, 1, 2, 3].map(third => Math.round((third * last) / 3)))]
    const shapes = arms.map((arm, number) => {
      const points = arm[measure].flatMap((value, frame) => (value === null ? [] : [[frame, scale(value)]]))
      return ["polyline", `film-line-${number + 1}`, points]
    })
    const x = {range: [0, last], marks: marked.map(frame => [frame, epochs[frame]])}
    const {svg, left, top, bottom} = addChart(charts, {title, label: `${title}. ${words.curves}`, x, y, shapes})
    return [addShape(svg, "line", {y1: top, y2: bottom, class: "film-cursor"}), left]
  }

  // Moving -----------------------------------------------------------------------------------------------------------

  function go(frame) {
    state.frame = Math.max(0, Math.min(frame, state.film.epochs.length - 1))
    show()
    if (!state.timer) announce()
  }

  // Keep the frame in the address, after a delay: browsers limit how often it may change.
  function saveAddress() {
    clearTimeout(state.saveTimer)
    const address = `#film=${state.film.id}&epoch=${epoch()}`
    state.saveTimer = setTimeout(() => history.replaceState(null, "", address), 200)
  }

  function run() {
    const last = state.film.epochs.length - 1
    state.timer = setInterval(() => (state.frame < last ? go(state.frame + 1) : stop()), PAUSE)
    playButton.textContent = words.pause
    if (state.frame === last) go(0)
  }

  function stop() {
    clearInterval(state.timer)
    state.timer = 0
    playButton.textContent = words.play
    announce()
    saveAddress()
  }

  function jump(frame) {
    if (state.timer) stop()
    notice.textContent = ""
    go(frame)
    saveAddress()
  }

  const KEYS = {
    " ": () => (state.timer ? stop() : run()),
    ArrowLeft: () => jump(state.frame - 1),
    ArrowRight: () => jump(state.frame + 1),
    Home: () => jump(0),
    End: () => jump(Infinity),
  }

  // Loading ----------------------------------------------------------------------------------------------------------

  async function load(id) {
    await loadScript(`${folder}film-${id}.js`)
    return globalThis.films[id]
  }

  async function open(id, wantedEpoch, {message = "", save = true} = {}) {
    if (state.timer) stop()
    const entry = films.find(film => film.id === id)
    state.requested = id
    const raw = await load(id).catch(() => null)
    if (state.requested !== id) return // another film was chosen meanwhile
    if (!raw) {
      notice.textContent = fill(words.missing, {film: entry.title})
      return
    }
    const arms = raw.arms.map(arm => ({...arm, weights: arm.weights.map(text => text && numbers(text))}))
    state.film = {...raw, ...entry, arms, points: numbers(raw.points), grid: gridPoints(raw.plane)}
    state.point = null
    filmSelect.value = id
    slider.max = raw.epochs.length - 1
    screens.forEach((screen, number) => {
      screen.heading.textContent = entry.names[number]
    })
    sharedSettings.textContent = entry.shared
    drawCharts()
    const distances = raw.epochs.map(epoch => Math.abs(epoch - wantedEpoch))
    const frame = Number.isFinite(wantedEpoch) ? distances.indexOf(Math.min(...distances)) : 0
    if (raw.epochs[frame] !== wantedEpoch) message ||= fill(words.no_epoch, {epoch: raw.epochs[frame]})
    notice.textContent = message
    go(frame)
    if (save) saveAddress()
  }

  // Open the film and epoch of the address, or the first film with a message if it does not exist.
  function followAddress() {
    const parameters = new URLSearchParams(location.hash.slice(1))
    if (!parameters.has("film")) return state.film || open(films[0].id, 0, {save: false})
    const id = parameters.get("film")
    const epochText = parameters.get("epoch") ?? "0"
    if (films.some(film => film.id === id)) return open(id, /^\d+$/.test(epochText) ? Number(epochText) : NaN)
    return open(films[0].id, 0, {message: fill(words.no_film, {film: id})})
  }

  // Events -----------------------------------------------------------------------------------------------------------

  playButton.textContent = words.play
  for (const [button, key] of [
    [playButton, " "],
    [backButton, "ArrowLeft"],
    [forwardButton, "ArrowRight"],
  ])
    button.addEventListener("click", () => state.film && KEYS[key]())
  slider.addEventListener("input", () => state.film && jump(Number(slider.value)))
  filmSelect.addEventListener("change", () => open(filmSelect.value, 0))
  host.addEventListener("keydown", event => {
    const handledByControl =
      event.key === " " ? event.target.matches("button, select") : event.target.matches("input, select")
    if (handledByControl || !(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey || !state.film)
      return
    event.preventDefault()
    KEYS[event.key]()
  })
  for (const {plane} of screens) {
    const pointAt = event => {
      if (!state.film) return
      const [low, high] = state.film.plane
      const at = (offset, size) => low + ((high - low) * offset) / size
      setPoint([at(event.offsetX, plane.clientWidth), at(plane.clientHeight - event.offsetY, plane.clientHeight)])
    }
    plane.addEventListener("pointermove", pointAt)
    plane.addEventListener("pointerdown", pointAt) // touch screens
    plane.addEventListener("pointerleave", () => setPoint(null))
  }
  for (const film of films) {
    const name = `${words.choose}: ${film.title}`
    const button = addElement("button", {type: "button", class: "film-choose", text: words.choose, "aria-label": name})
    document.getElementById(`film-${film.id}`)?.after(button)
    button.addEventListener("click", () => {
      open(film.id, 0)
      host.scrollIntoView()
      stage.focus({preventScroll: true})
    })
  }
  const redraw = () => {
    colours = coloursOf(host)
    if (state.film) show()
  }
  new MutationObserver(redraw).observe(document.body, {attributeFilter: ["data-md-color-scheme"]})
  addEventListener("resize", redraw)
  addEventListener("hashchange", followAddress)
  followAddress().then(() => host.classList.add("started"))
})()
