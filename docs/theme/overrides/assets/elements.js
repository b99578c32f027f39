// What the scripts of several pages need in order to build what they show.
;(() => {
  /** Fill in the {names} of a text. @param {string} text @param {Record<string, unknown>} values */
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]))

  function append(parent, node, text, attributes) {
    node.append(text)
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
    parent.append(node)
    return node
  }

  /** Return a function that appends an element, with attributes and text, to its `parent`, which is `host` by default. */
  const elementAdder =
    host =>
    (tag, {parent = host, text = "", ...attributes} = {}) =>
      append(parent, document.createElement(tag), text, attributes)

  /** Append an SVG element. */
  const addShape = (parent, tag, attributes, text = "") =>
    append(parent, document.createElementNS("http://www.w3.org/2000/svg", tag), text, attributes)

  const scripts = new Map()

  /** Load a script once. If that fails, it can be tried again. */
  function loadScript(source) {
    if (!scripts.has(source)) {
      const loading = new Promise((resolve, reject) => {
        const script = Object.assign(document.createElement("script"), {src: source})
        script.addEventListener("load", resolve)
        script.addEventListener("error", () => reject(new Error(source)))
        document.head.append(script)
      })
      scripts.set(source, loading)
      loading.catch(() => scripts.delete(source))
    }
    return scripts.get(source)
  }

  /** Return the value of JSON that is compressed by zlib, in base64. */
  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), character => character.charCodeAt(0))
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json()
  }

  globalThis.elements = {fill, elementAdder, addShape, loadScript, unpack}
})()
