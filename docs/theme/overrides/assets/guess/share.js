// What readers share: a card with their result, and a link to it.
;(() => {
  const {element} = globalThis.elements

  /**
   * Return a card, and `show`, which writes a result on it.
   * site: Name of the site.
   * texts: Function that returns the texts of a result: score, label, compared, fooled.
   */
  function createCard(site, texts) {
    const card = element("div", {class: "guess-card"})
    function show(result) {
      if (!result) return
      const {score, label, compared, fooled} = texts(result)
      const squares = "■".repeat(result.right) + "□".repeat(result.of - result.right)
      card.replaceChildren(
        element("p", {class: "guess-site"}, site),
        element("p", {class: "guess-score"}, score),
        element("p", label),
        element("p", {class: "guess-squares", "aria-hidden": "true"}, squares),
        element("p", compared),
        element("p", element("strong", fooled)),
      )
    }
    return {card, show}
  }

  /** Return the parts of a link with a button that copies it, and `show`, which changes its address. */
  function createLink(name, say) {
    const input = element("input", {type: "text", readonly: true, onfocus: event => event.target.select()})
    const copy = pages.copyButton(say.copy, say.copied, input, {class: "md-button"})
    function show(address) {
      if (input.value !== address) copy.textContent = say.copy
      input.value = address
    }
    return {parts: element("p", {class: "guess-link"}, element("label", name, " ", input), copy), show}
  }

  globalThis.guessShare = {createCard, createLink}
})()
