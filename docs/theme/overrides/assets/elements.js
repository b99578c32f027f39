// Elements of a page, texts with names to fill in, and scripts that load later. Every page has it.
;(() => {
  const SLACK = 8 // pixels that a finger moves before it drags

  /** Fill in the {names} of a text. @param {string} text @param {Record<string, unknown>} values */
  const fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]))

  const isThere = child => child !== undefined && child !== null && child !== false

  function filled(node, [first, ...others]) {
    const hasAttributes = first?.constructor === Object
    const {value, ...attributes} = hasAttributes ? first : {}
    for (const [name, content] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), content)
      else if (content === true) node.setAttribute(name, "")
      else if (isThere(content)) node.setAttribute(name, content)
    }
    node.append(...[hasAttributes ? [] : first, others].flat(Infinity).filter(isThere))
    if (value !== undefined) node.value = value // of a select element, once it has options
    return node
  }

  /**
   * Return an element with children, and with the attributes of an object if that comes first. Attributes that start with
   * "on" are listeners. Children are texts, nodes, and lists of them. Undefined, null and false are left out.
   */
  const element = (tag, ...content) => filled(document.createElement(tag), content)

  /** Return an element of SVG. */
  const shape = (tag, ...content) => filled(document.createElementNS("http://www.w3.org/2000/svg", tag), content)

  const button = (text, onclick, attributes = {}) => element("button", {type: "button", onclick, ...attributes}, text)

  /** Return a box that scrolls, even by keyboard. */
  const scrollBox = (name, attributes, ...children) =>
    element("div", {...attributes, role: "region", tabindex: "0", "aria-label": name}, ...children)

  /** Return the options of a select element from their values and texts. @param {Iterable<[unknown, string]>} entries */
  const options = entries => Array.from(entries, ([value, text]) => element("option", {value}, text))

  /** Return a table with heads, and rows of texts or elements, whose first is the head of its row. */
  const table = (heads, rows) =>
    element(
      "table",
      element("thead", element("tr", ...heads.map(head => element("th", {scope: "col"}, head)))),
      element(
        "tbody",
        ...rows.map(([first, ...others]) =>
          element("tr", element("th", {scope: "row"}, first), ...others.map(cell => element("td", cell))),
        ),
      ),
    )

  /** Call a function whenever an element gets another width, and once it has one. */
  function onNewWidth(node, act) {
    let width = 0
    const compare = () => {
      if (node.clientWidth === width) return
      width = node.clientWidth
      act()
    }
    new ResizeObserver(compare).observe(node)
  }

  /**
   * Call a function with the event of each drag on an element, and of a tap. A finger that moves up or down scrolls the page; one
   * that moves to the side drags.
   */
  function onDrag(node, act) {
    let start = null // of a drag: its place, and whether it goes to the side
    node.addEventListener("pointerdown", event => {
      node.setPointerCapture(event.pointerId)
      start = {x: event.clientX, y: event.clientY, isAside: event.pointerType === "mouse"}
    })
    node.addEventListener("pointermove", event => {
      if (!start) return
      const aside = Math.abs(event.clientX - start.x)
      start.isAside ||= aside > SLACK && aside > Math.abs(event.clientY - start.y)
      if (start.isAside) act(event)
    })
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => (start = null))
    node.addEventListener("click", act)
  }

  /** Show a box over the page, until its button or Escape closes it. */
  function showDialog(attributes, close, ...parts) {
    const dialog = element(
      "dialog",
      attributes,
      button(close, () => dialog.close()),
      ...parts,
    )
    dialog.addEventListener("close", () => dialog.remove())
    document.body.append(dialog)
    dialog.showModal()
  }

  let saving // timer, because browsers limit how often the address may change

  /** Keep a state in the address, such as "#rate=1/4". */
  function keepAddress(hash) {
    clearTimeout(saving)
    saving = setTimeout(() => history.replaceState(null, "", hash), 200)
  }

  /** Return a button that copies the text of an element; if the browser refuses, it selects the text. */
  function copyButton(name, copied, node, attributes) {
    const copy = button(name, copyText, {"aria-live": "polite", ...attributes})
    async function copyText() {
      try {
        await navigator.clipboard.writeText(node.value ?? node.textContent)
        copy.textContent = copied
      } catch {
        if (node.select) node.select()
        else getSelection().selectAllChildren(node)
      }
    }
    return copy
  }

  /** Save a file, as if the reader had followed a link to it. */
  function save(blob, name) {
    const link = element("a", {href: URL.createObjectURL(blob), download: name})
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000) // some browsers read it later
  }

  const scripts = new Map()

  /** Load a script once. A failure can be tried again. */
  function loadScript(source) {
    if (!scripts.has(source)) {
      const loading = new Promise((resolve, reject) => {
        const script = element("script", {src: source, onload: resolve, onerror: () => reject(new Error(source))})
        document.head.append(script)
      })
      scripts.set(source, loading)
      loading.catch(() => scripts.delete(source))
    }
    return scripts.get(source)
  }

  /** Return the value of JSON that is compressed by zlib and encoded in base64. */
  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), character => character.charCodeAt(0))
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json()
  }

  globalThis.elements = {
    fill,
    element,
    shape,
    button,
    scrollBox,
    options,
    table,
    onNewWidth,
    onDrag,
    loadScript,
    unpack,
  }
  globalThis.pages = {showDialog, keepAddress, copyButton, save}
})()
