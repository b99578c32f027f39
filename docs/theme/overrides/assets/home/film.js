// The film on the home page: its player loads and starts when a reader asks for it, and takes the place of the strip.
;(() => {
  const {element, loadScript} = globalThis.elements
  const host = document.querySelector(".home-film")
  const {root, scripts, folder, films, words} = host.dataset

  async function play() {
    document.head.append(element("link", {rel: "stylesheet", href: `${root}assets/film.css`}))
    const data = {"data-folder": folder, "data-films": films, "data-words": words}
    const player = element("div", {class: "film film-player", ...data})
    host.replaceChildren(player)
    for (const name of scripts.split(" ")) await loadScript(`${root}assets/${name}.js`)
    await globalThis.filmStarted
    player.querySelector(".film-buttons button:nth-child(2)").click()
    for (const part of [".film-stage", ".film-bar"]) player.querySelector(part).scrollIntoView({block: "nearest"})
  }

  host.querySelector("a.md-button").addEventListener("click", event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    play()
  })
})()
