// Tools and figures in pages of other sites. `?embed=1` shows one of them alone, without the controls that
// `&hide=learning_rate,optimiser` names, and tells the page around it how high it is. "Embed" shows what to copy into
// such a page. The texts are in the last line of each page: see main.html.
;(() => {
  const {fill, element} = globalThis.elements
  const MESSAGE = "ontrial height" // type of the messages to the page around
  const MOST = 10_000 // pixels, largest height that the snippet takes
  const MARGIN = 100 // pixels for the heading and the link, until the frame tells its height
  const asked = new URLSearchParams(location.search)
  const more = document.querySelector(".embed-more")
  const words = JSON.parse(more.dataset.words)

  /** Return the figure to which the address leads, or else the tool of the page, or its first figure; null without any. */
  function chosen() {
    const figure = document.getElementById(location.hash.slice(1))?.closest(".figure")
    return figure ?? document.querySelector("[data-controls]") ?? document.querySelector(".figure")
  }

  /** Return the heading that says what a tool is about: the question on a claim's page, or the last heading before the tool. */
  function headingOf(tool) {
    const isBefore = heading => heading.compareDocumentPosition(tool) & Node.DOCUMENT_POSITION_FOLLOWING
    const headings = [...document.querySelectorAll("article :is(h1, h2)")]
    return document.querySelector(".claim") ? headings[0] : headings.findLast(isBefore)
  }

  /** Return the name of a part of the page: the title of a figure, or the heading of a tool without its link. */
  function nameOf(part) {
    if (isFigure(part)) return part.querySelector("figcaption strong").textContent
    const heading = headingOf(part).cloneNode(true)
    for (const other of heading.querySelectorAll(".headerlink, [role=tooltip]")) other.remove()
    return [...heading.childNodes]
      .map(node => node.textContent.trim())
      .filter(Boolean)
      .join(" ")
  }

  const isFigure = part => part.matches(".figure")
  const controlsOf = part => part.dataset.controls?.split(" ") ?? []

  /** Return the address of a part of this page with all that the reader has set. */
  function addressOf(part) {
    const link = part.querySelector(isFigure(part) ? ".figure-link" : ".state-link")
    const address = new URL(link ? link.href : location.href)
    address.search = ""
    return address
  }

  // In another page ------------------------------------------------------------------------------------------------

  /** Hide controls of a part by their names, also those that its script adds later. */
  function hide(part, names) {
    const known = controlsOf(part)
    const unknown = names.filter(name => !known.includes(name))
    if (unknown.length)
      console.warn(`hide=${unknown}: no such control. Controls of this frame: ${known.join(", ") || "none"}`)
    const rules = new CSSStyleSheet()
    for (const name of names.filter(name => known.includes(name)))
      rules.insertRule(`[data-control="${name}"] { display: none !important }`)
    document.adoptedStyleSheets.push(rules)
  }

  /** Show a part of the page alone. */
  function showAlone(part) {
    const article = document.querySelector("article")
    const shown = isFigure(part) ? [part, more] : [headingOf(part), part, more]
    for (const each of shown) {
      each.classList.add("embed-part")
      for (let box = each.parentElement; box !== article; box = box.parentElement) {
        box.classList.add("embed-around")
        if (box.matches("details")) box.open = true
      }
    }
    more.hidden = false
    const [link] = more.children
    const update = () => (link.href = addressOf(part))
    update()
    link.addEventListener("click", update)
    const tell = () => {
      const height = Math.ceil(article.getBoundingClientRect().bottom + scrollY)
      parent.postMessage({type: MESSAGE, height}, "*") // whoever shows this page may know its height
    }
    new ResizeObserver(tell).observe(article)
  }

  // Other pages have no place in the frame.
  function leaveFrame(event) {
    const link = event.target.closest?.("a[href]")
    if (link && !link.getAttribute("href").startsWith("#")) Object.assign(link, {target: "_blank", rel: "noopener"})
  }

  if (asked.has("embed")) {
    const part = chosen()
    if (part) {
      hide(part, asked.get("hide")?.split(",").filter(Boolean) ?? [])
      showAlone(part)
      document.addEventListener("click", leaveFrame)
    } else {
      document.documentElement.classList.remove("embedded")
    }
  }

  // What to copy ---------------------------------------------------------------------------------------------------

  const LISTENER = `<script>
addEventListener("message", ({origin, source, data}) => {
  if (origin !== "${location.origin}" || data?.type !== "${MESSAGE}") return
  if (!Number.isInteger(data.height) || data.height > ${MOST}) return
  for (const frame of document.querySelectorAll("iframe"))
    if (frame.contentWindow === source) frame.height = data.height
})
</script>`

  /** Return the HTML that shows a part of this page in another page. */
  function snippetOf(part) {
    const address = addressOf(part)
    address.search = "?embed=1"
    const attributes = {src: address, title: nameOf(part), width: "100%", height: part.offsetHeight + MARGIN}
    const frame = element("iframe", {...attributes, style: "border: 0", loading: "lazy"})
    return `${frame.outerHTML}\n${LISTENER}`
  }

  function showSnippet(part) {
    const code = element("code", snippetOf(part))
    const names = controlsOf(part)
    pages.showDialog(
      {class: "figure-large embed-snippet", "aria-label": words.title},
      words.close,
      element("p", words.how),
      element("pre", {tabindex: 0}, code),
      pages.copyButton(words.copy, words.copied, code),
      names.length > 0 && element("p", fill(words.hide, {first: names[0], names: names.join(", ")})),
    )
  }

  // A page opened from a folder has no address for others.
  for (const button of document.querySelectorAll(".embed-button")) {
    if (location.protocol === "file:") button.remove()
    else
      button.addEventListener("click", () =>
        showSnippet(button.closest(".figure") ?? document.querySelector("[data-controls]")),
      )
  }
})()
