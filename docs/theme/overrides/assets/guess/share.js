// What readers share: a card with their result, as a picture, and links.
;(() => {
  const {element, button} = globalThis.elements
  const [WIDTH, HEIGHT, MARGIN] = [1200, 630, 72]
  const SQUARE = 44 // pixels, size of the square of a claim at most
  const big = {class: "md-button"}

  /** Return the lines of a text that fit into a width. @param {CanvasRenderingContext2D} context */
  function wrap(context, text, width) {
    const lines = [""]
    for (const word of text.split(" ")) {
      const longer = `${lines.at(-1)} ${word}`.trim()
      if (context.measureText(longer).width <= width) lines[lines.length - 1] = longer
      else lines.push(word)
    }
    return lines
  }

  /**
   * Return a card, and `show`, which draws a result on it in the colours of the page.
   * site: Name of the site.
   * texts: Function that returns the texts of a result: score, label, compared, fooled, invitation.
   */
  function createCard(site, texts) {
    const canvas = element("canvas", {class: "guess-card", width: WIDTH, height: HEIGHT, role: "img"})
    let shown = null

    function draw() {
      if (!shown) return
      const {right, of} = shown
      const {score, label, compared, fooled, invitation} = texts(shown)
      const style = getComputedStyle(canvas)
      const context = canvas.getContext("2d")
      const width = WIDTH - 2 * MARGIN
      const write = (text, y, size, weight, colour = style.color) => {
        context.fillStyle = colour
        context.font = `${weight} ${size}px ${style.fontFamily}`
        const lines = wrap(context, text, width)
        for (const [i, line] of lines.entries()) context.fillText(line, MARGIN, y + 1.25 * size * i)
      }
      context.fillStyle = style.backgroundColor
      context.fillRect(0, 0, WIDTH, HEIGHT)
      write(site, 96, 36, 700, style.borderColor)
      write(score, 238, 144, 700)
      write(label, 316, 40, 400)
      const step = Math.min(width / of, SQUARE * 1.2)
      const side = step / 1.2
      context.fillStyle = context.strokeStyle = style.borderColor
      context.lineWidth = 4
      for (let i = 0; i < of; i++) {
        const [x, y] = [MARGIN + i * step, 354]
        if (i < right) context.fillRect(x, y, side, side)
        else context.strokeRect(x + 2, y + 2, side - 4, side - 4)
      }
      write(compared, 446, 34, 400)
      write(fooled, 510, 40, 700)
      write(invitation, 580, 34, 400)
      canvas.setAttribute("aria-label", [`${score} ${label}`, compared, fooled].join(". "))
    }

    document.fonts.ready.then(draw)
    new MutationObserver(draw).observe(document.body, {attributeFilter: ["data-md-color-scheme"]})

    function show(result) {
      shown = result
      draw()
    }

    return {canvas, show, save: () => canvas.toBlob(blob => pages.save(blob, "guess.png"), "image/png")}
  }

  /** Return the parts of a link with a button that copies it, and `show`, which changes its address. */
  function createLink(name, say) {
    const input = element("input", {type: "text", readonly: true, onfocus: event => event.target.select()})
    const copied = element("span", {role: "status"})

    async function copy() {
      input.select()
      try {
        await navigator.clipboard.writeText(input.value)
        copied.textContent = say.copied
      } catch {
        copied.textContent = say["copy it"]
      }
    }

    function show(address) {
      if (input.value !== address) copied.textContent = ""
      input.value = address
    }

    const parts = element(
      "p",
      {class: "guess-link"},
      element("label", name, " ", input),
      button(say.copy, copy, big),
      " ",
      copied,
    )
    return {parts, show}
  }

  globalThis.guessShare = {createCard, createLink}
})()
