// The page of the playground. The address holds the settings, two values where the networks differ, or the name of a preset:
// `#dataset=xor&depth=0,1`, `#straight-line`. Without either, the page shows the first preset.
;(() => {
  const {fill, element, button} = globalThis.elements
  const {readChoice, choiceText} = globalThis.playgroundSettings
  const host = document.querySelector(".playground")
  const {root} = host.dataset
  const all = JSON.parse(host.dataset.settings)
  const words = JSON.parse(host.dataset.words)
  const hashOf = choice => `#${choiceText(choice, all) || `dataset=${choice.dataset}`}`
  const tellCode = globalThis.playgroundCode.offer(
    host,
    [words.first, words.second],
    choice => location.href.split(/[?#]/)[0] + hashOf(choice),
  )
  const task = element("div", {class: "playground-task"})
  const trainer = files => new Trainer(root, files)
  const playground = globalThis.playgroundTool.createPlayground(host, all, words, {
    trainer,
    reset() {
      history.replaceState(null, "", address)
      follow({always: true})
    },
    task,
    told: tellCode,
    chosen(choice) {
      task.replaceChildren()
      history.replaceState(null, "", hashOf(choice))
    },
  })
  let address = "" // to which "reset" returns

  /** Take the choice of the address, to which "reset" comes back. */
  function open(choice, message) {
    address = location.hash || `#${host.id}`
    playground.open(choice, message)
  }

  const presets = new Map([...document.querySelectorAll(".playground-preset")].map(mark => [mark.dataset.preset, mark]))
  const headingOf = mark => mark.closest("p").previousElementSibling
  const titleOf = mark => headingOf(mark).firstChild.textContent

  /** Take the settings of a preset, and show what to look for. */
  function openPreset(mark) {
    open(readChoice(mark.dataset.settings, all).choice)
    const hint = mark.closest("p").nextElementSibling.cloneNode(true)
    hint.open = false
    task.replaceChildren(element("p", {class: "playground-title"}, titleOf(mark)), hint)
  }

  /** Take the choice that the address describes. */
  function follow({always = false} = {}) {
    const text = location.hash.slice(1)
    if (presets.has(text)) {
      openPreset(presets.get(text))
      host.scrollIntoView()
      return
    }
    const isPlace = !text || document.getElementById(text) !== null
    if (isPlace && playground.choice() && !always) return // the reader has gone to another part of the page
    const [first] = presets.values()
    if (isPlace && first) return openPreset(first)
    const {choice, mistakes} = readChoice(isPlace ? "" : text, all)
    task.replaceChildren()
    open(choice, mistakes.length ? fill(words.unknown, {names: mistakes.join(", ")}) : "")
  }

  for (const [id, mark] of presets) {
    const load = () => {
      history.replaceState(null, "", `#${id}`)
      openPreset(mark)
      host.scrollIntoView()
      playground.start.focus({preventScroll: true})
    }
    mark.append(button(words.load, load, {"aria-label": `${words.load}: ${titleOf(mark)}`}))
  }
  new MutationObserver(playground.redraw).observe(document.body, {attributeFilter: ["data-md-color-scheme"]})
  addEventListener("hashchange", () => follow())

  follow()

  // Until the page has loaded, keep the browser from going to the heading of the preset that the playground shows.
  const shown = presets.get(location.hash.slice(1))
  if (shown) {
    const heading = headingOf(shown)
    heading.removeAttribute("id")
    addEventListener("load", () => heading.setAttribute("id", shown.dataset.preset))
  }
})()
