// Pictures of the tool of a page, to save as SVG or PNG: its parts that `data-picture` selects, with their title above and the
// settings and the address below. Texts, drawings and canvases are placed as on the page, in its colours.
;(() => {
  const MARGIN = 16 // pixels around a picture
  const GAP = 8 // pixels between its parts
  const ASCENT = 0.79 // share of the height of a line above its baseline
  const {element, shape} = globalThis.elements

  // What decides how shapes look → initial values. All but the last are inherited.
  const STYLES = {
    fill: "rgb(0, 0, 0)",
    "fill-opacity": "1",
    stroke: "none",
    "stroke-width": "1px",
    "stroke-opacity": "1",
    "stroke-dasharray": "none",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "paint-order": "normal",
    visibility: "visible",
    "font-family": "",
    "font-size": "",
    "font-weight": "",
    "text-anchor": "start",
    opacity: "1",
  }

  /** Write styles that a shape gets from the page into its copy, and do the same for the shapes in it. */
  function copyStyles(original, copy, around = STYLES) {
    const style = getComputedStyle(original)
    const own = Object.fromEntries(Object.keys(STYLES).map(name => [name, style.getPropertyValue(name)]))
    for (const [name, value] of Object.entries(own)) {
      const usual = name === "opacity" ? STYLES.opacity : around[name]
      copy.removeAttribute(name)
      if (value !== usual) copy.setAttribute(name, value)
    }
    for (const [i, child] of [...original.children].entries()) copyStyles(child, copy.children[i], own)
  }

  /** Return the lines of a text as the page breaks them: their letters and rectangles. */
  function linesOf(text) {
    const range = document.createRange()
    const lines = []
    let start = 0
    for (const letter of text.data) {
      range.setStart(text, start)
      start += letter.length
      range.setEnd(text, start)
      const {left, right, top, bottom} = range.getBoundingClientRect()
      if (left === right) continue // space that the page leaves out
      const line = lines.at(-1)
      if (line && Math.abs(line.top - top) < 2) Object.assign(line, {letters: line.letters + letter, right})
      else lines.push({letters: letter, left, right, top, bottom})
    }
    return lines.filter(({letters}) => letters.trim())
  }

  /** Return the shapes of what an element or a text shows. Its places are relative to a corner (left, top). */
  function shapesOf(node, left, top) {
    if (node.nodeType === Node.TEXT_NODE) {
      const {color, fontFamily, fontSize, fontWeight} = getComputedStyle(node.parentElement)
      const font = {fill: color, "font-family": fontFamily, "font-size": fontSize, "font-weight": fontWeight}
      return linesOf(node).map(line => {
        const place = {x: line.left - left, y: line.top + ASCENT * (line.bottom - line.top) - top}
        return shape("text", {...place, ...font, textLength: line.right - line.left}, line.letters)
      })
    }
    if (node.nodeType !== Node.ELEMENT_NODE || !node.checkVisibility({visibilityProperty: true})) return []
    const box = node.getBoundingClientRect()
    const place = {x: box.left - left, y: box.top - top, width: box.width, height: box.height}
    if (node.localName === "canvas") return [shape("image", {...place, href: node.toDataURL()})]
    if (node.localName === "svg") {
      const copy = node.cloneNode(true)
      copyStyles(node, copy)
      for (const [name, value] of Object.entries(place)) copy.setAttribute(name, value)
      return [copy]
    }
    return [...keyOf(node, place), ...[...node.childNodes].flatMap(child => shapesOf(child, left, top))]
  }

  /** Return the line before a name that is the key to a curve, if an element has one. */
  function keyOf(node, {x, y, height}) {
    const {width, borderTopColor, borderTopStyle, borderTopWidth} = getComputedStyle(node, "::before")
    if (!borderTopStyle || borderTopStyle === "none" || !Number.parseFloat(width)) return []
    const level = y + Math.min(height, Number.parseFloat(getComputedStyle(node).lineHeight)) / 2
    const ends = {x1: x, x2: x + Number.parseFloat(width), y1: level, y2: level}
    const dash = borderTopStyle === "dashed" ? "6 3" : undefined
    return [shape("line", {...ends, stroke: borderTopColor, "stroke-width": borderTopWidth, "stroke-dasharray": dash})]
  }

  /** Return an SVG of elements of the page, one below the other. */
  function drawn(title, parts) {
    let y = MARGIN
    const shapes = parts.flatMap(part => {
      const {left, top, height} = part.getBoundingClientRect()
      const above = y
      y += height + GAP
      return shapesOf(part, left - MARGIN, top - above)
    })
    const width = Math.ceil(Math.max(...parts.map(part => part.scrollWidth)) + 2 * MARGIN)
    const height = Math.ceil(y - GAP + MARGIN)
    const fill = getComputedStyle(document.body).backgroundColor
    const paper = shape("rect", {width, height, fill})
    return shape("svg", {width, height, viewBox: `0 0 ${width} ${height}`}, shape("title", title), paper, shapes)
  }

  /** Return what a field of a control says; nothing if it is not chosen. */
  function readField(field, control) {
    if (field.type === "checkbox")
      return field.checked && !control.matches("label") ? field.parentElement.textContent : []
    if (field.localName === "input") return field.value
    return field.value === "none" ? [] : field.selectedOptions[0].text
  }

  /** Return the name of a control and what the reader has chosen; "" if that is nothing. */
  function settingOf(control) {
    const fields = [...control.querySelectorAll("select, input")].filter(field => !field.hidden)
    if (control.hidden || control.querySelector("[data-control]")) return ""
    const name = document.createTreeWalker(control, NodeFilter.SHOW_TEXT).nextNode()?.data.trim()
    const values = fields.flatMap(field => readField(field, control))
    if (values.length) return `${name}: ${values.join(", ")}`
    return control.matches("label") && fields.some(field => field.checked) ? name : ""
  }

  /** Return the picture of a tool as the text of an SVG. */
  function pictureOf(tool) {
    const parts = [...tool.querySelectorAll(tool.dataset.picture)].filter(part => part.checkVisibility())
    const settings = [...tool.querySelectorAll("[data-control]")].map(settingOf).filter(Boolean)
    const words = [embedding.nameOf(tool), settings.join(" · "), String(embedding.addressOf(tool))]
    const style = `width: ${Math.max(...parts.map(part => part.offsetWidth))}px`
    const [head, ...foot] = words.map((text, i) =>
      element("p", {class: "picture-words", style}, element(i ? "span" : "strong", text)),
    )
    tool.append(head, ...foot)
    const picture = drawn(words[0], [head, ...parts, ...foot])
    for (const each of [head, ...foot]) each.remove()
    return new XMLSerializer().serializeToString(picture)
  }

  const save = {
    svg: (picture, name) => saving.save(new Blob([picture], {type: "image/svg+xml"}), `${name}.svg`),
    async png(picture, name) {
      saving.save(await saving.toPng(`data:image/svg+xml,${encodeURIComponent(picture)}`), `${name}.png`)
    },
  }
  const name = location.pathname
    .split("/")
    .pop()
    .replace(/\.html$/, "")
  for (const button of document.querySelectorAll("[data-picture-as]"))
    button.addEventListener("click", () => {
      save[button.dataset.pictureAs](pictureOf(document.querySelector("[data-picture]")), name)
    })
})()
