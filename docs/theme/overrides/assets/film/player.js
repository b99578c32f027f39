// The player of training films, with its controls. The address holds the film and the frame: `#film=dying&epoch=12`.
;(() => {
  const MILLISECONDS = 180 // per frame
  const {fill, element, button, options, loadScript} = globalThis.elements
  const {coloursOf, legend} = globalThis.plane
  const {develop, weightsOf, compute, facts} = globalThis.filmReel
  const {screen, showFrame, drawNetwork, curves} = globalThis.filmScreens
  const {playback} = globalThis.filmPlayback
  const host = document.querySelector(".film")
  const films = JSON.parse(host.dataset.films)
  const words = JSON.parse(host.dataset.words)

  // The page ---------------------------------------------------------------------------------------------------------

  const filmSelect = element(
    "select",
    {"aria-label": words.film, onchange: () => open(filmSelect.value, 0)},
    options(films.map(film => [film.id, film.title])),
  )
  const {buttons, slider, go, pause} = playback(host, {
    words,
    slider: words.epoch,
    milliseconds: MILLISECONDS,
    last: () => (state.film ? state.film.epochs.length - 1 : NaN),
    show: frame => {
      state.frame = frame
      show()
    },
    rest: () => {
      notice.textContent = ""
      announce()
      saveAddress()
    },
  })
  const clock = element("output", {class: "film-clock"})
  const notice = element("p", {class: "film-notice", role: "status"})
  const screens = [screen(1, words), screen(2, words)]
  const stage = element(
    "div",
    {class: "film-stage", tabindex: 0, role: "group", "aria-label": words.keys},
    ...screens.map(({root}) => root),
    legend(words),
    element("p", {class: "film-maps"}, words.maps),
    ...screens.map(({units}) => units),
  )
  const pointValues = element("p", {class: "film-pointed"}, words.point)
  const charts = element("div", {class: "film-charts"})
  const sharedSettings = element("p", {class: "film-shared"})
  const announcement = element("p", {class: "film-told", role: "status"})
  host.append(
    element("div", {class: "film-bar"}, filmSelect, buttons, slider, clock),
    notice,
    stage,
    element("div", {class: "film-side"}, charts, pointValues, sharedSettings),
    announcement,
  )

  // A frame ----------------------------------------------------------------------------------------------------------

  const state = {film: null, frame: 0, requested: null, point: null, colours: coloursOf(host)}
  const epoch = () => state.film.epochs[state.frame]
  let drawCurves

  function show() {
    const {film, frame} = state
    for (const [i, arm] of film.arms.entries()) showFrame(screens[i], film, arm, {...state, words})
    clock.textContent = fill(words.at, {epoch: epoch(), last: film.epochs.at(-1)})
    slider.setAttribute("aria-valuetext", clock.textContent)
    drawCurves(frame)
    showPoint()
  }

  /** Write the values at the point under the reader's pointer. */
  function showPoint() {
    const {film, frame, point} = state
    if (!point) {
      pointValues.textContent = words.point
      return
    }
    const values = film.arms.map((arm, i) => {
      const weights = weightsOf(arm, frame)
      const value = weights ? compute(arm, weights, Float32Array.from(point)).p[0].toFixed(4) : "–"
      return `${film.names[i]} ${value}`
    })
    const [x, y] = point.map(value => value.toFixed(2))
    pointValues.textContent = fill(words.pointed, {x, y, values: values.join(" · ")})
  }

  function setPoint(point) {
    state.point = point
    if (!state.film) return
    for (const [i, arm] of state.film.arms.entries()) drawNetwork(screens[i], state.film, arm, point, state.colours)
    showPoint()
  }

  /** Announce the frame to screen readers when it stays, but not while a film plays. */
  function announce() {
    const {film, frame} = state
    const arms = film.arms.map((arm, i) => `${film.names[i]}: ${facts(arm, frame, words)}`)
    announcement.textContent = `${fill(words.said, {epoch: epoch()})} ${arms.join("; ")}.`
  }

  const saveAddress = () => pages.keepAddress(`#film=${state.film.id}&epoch=${epoch()}`)

  // Loading ----------------------------------------------------------------------------------------------------------

  async function open(id, wantedEpoch, {message = "", save = true} = {}) {
    pause()
    const entry = films.find(film => film.id === id)
    state.requested = id
    await loadScript(`${host.dataset.folder}film-${id}.js`).catch(() => {})
    if (state.requested !== id) return // another film was chosen meanwhile
    const file = globalThis.films?.[id]
    if (!file) {
      notice.textContent = fill(words.missing, {film: entry.title})
      return
    }
    const film = develop(file, entry)
    Object.assign(state, {film, point: null})
    filmSelect.value = id
    for (const [i, {heading}] of screens.entries()) heading.textContent = film.names[i]
    sharedSettings.textContent = film.shared
    const drawn = curves(film, words)
    charts.replaceChildren(...drawn.charts)
    drawCurves = drawn.drawTo
    const distances = film.epochs.map(epoch => Math.abs(epoch - wantedEpoch))
    const frame = Number.isFinite(wantedEpoch) ? distances.indexOf(Math.min(...distances)) : 0
    if (film.epochs[frame] !== wantedEpoch) message ||= fill(words.no_epoch, {epoch: film.epochs[frame]})
    notice.textContent = message
    go(frame)
    announce()
    if (save) saveAddress()
  }

  /** Open the film and epoch of the address, or the first film with a message if it does not exist. */
  function followAddress() {
    const parameters = new URLSearchParams(location.hash.slice(1))
    if (!parameters.has("film")) return state.film || open(films[0].id, 0, {save: false})
    const id = parameters.get("film")
    const epochText = parameters.get("epoch") ?? "0"
    if (films.some(film => film.id === id)) return open(id, /^\d+$/.test(epochText) ? Number(epochText) : NaN)
    return open(films[0].id, 0, {message: fill(words.no_film, {film: id})})
  }

  // Events -----------------------------------------------------------------------------------------------------------

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
    const show = () => {
      open(film.id, 0)
      host.scrollIntoView()
      stage.focus({preventScroll: true})
    }
    const choose = button(words.choose, show, {class: "film-choose", "aria-label": `${words.choose}: ${film.title}`})
    document.getElementById(`film-${film.id}`)?.after(choose)
  }
  const redraw = () => {
    state.colours = coloursOf(host)
    if (state.film) show()
  }
  new MutationObserver(redraw).observe(document.body, {attributeFilter: ["data-md-color-scheme"]})
  addEventListener("resize", redraw)
  addEventListener("hashchange", followAddress)
  followAddress().then(() => host.classList.add("started"))
})()
