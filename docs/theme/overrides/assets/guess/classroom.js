// "Guess first" for a class: a choice of claims, its link, and the sheet on paper.
;(() => {
  const {element, button} = globalThis.elements
  const big = {class: "md-button"}

  /**
   * Return the parts for teachers, and the function that shows a choice in them.
   * change: Function to call with the ids of the claims that the teacher chooses.
   */
  function createClassroom(claims, say, change) {
    const boxes = claims.map(({id}) =>
      element("input", {type: "checkbox", name: "claims", value: id, onchange: choose}),
    )
    const link = globalThis.guessShare.createLink(say.link, say)
    const answers = element("section", {class: "guess-answers"})

    function choose() {
      change(boxes.filter(box => box.checked).map(box => box.value))
    }

    /** Print the claims on the page and, on a page of their own, the answers if they are wanted. */
    function print(withAnswers) {
      const items = claims
        .filter(({section}) => !section.hidden)
        .map(claim => {
          const answer = claim.answer.querySelector("p").cloneNode(true)
          answer.querySelector(".guess-evidence").remove()
          return element("li", element("strong", claim.statement), answer)
        })
      const parts = [element("h2", say.answers), element("ol", items)]
      answers.replaceChildren(...(withAnswers ? parts : []))
      globalThis.print()
    }
    addEventListener("afterprint", () => answers.replaceChildren())

    const parts = [
      element(
        "details",
        element("summary", say.choose),
        ...claims.map((claim, i) => element("label", {class: "guess-choice"}, boxes[i], ` ${claim.statement}`)),
      ),
      link.parts,
      element(
        "p",
        button(say.print, () => print(false), big),
        " ",
        button(say["print answers"], () => print(true), big),
      ),
    ]

    /** Show the ids of the chosen claims, and their address. */
    function show(chosen, address) {
      for (const box of boxes) box.checked = chosen.includes(box.value)
      link.show(address)
    }

    return {parts, answers, show}
  }

  globalThis.guessClassroom = {createClassroom}
})()
