// A guess opens the answer of a case. No guess is kept: the page on guessing does that.
;(() => {
  const {right, wrong, open} = document.querySelector(".cases").dataset

  for (const section of document.querySelectorAll(".case")) {
    const choices = section.querySelector(".case-guess")
    const {answer} = choices.dataset
    const reply = section.querySelector(".case-reply")

    choices.addEventListener("click", event => {
      const chosen = event.target.closest("button")
      if (!chosen) return
      for (const button of choices.querySelectorAll("button")) {
        button.disabled = true
        button.setAttribute("aria-pressed", button === chosen)
      }
      section.classList.add("guessed")
      reply.textContent = answer === "inconclusive" ? open : chosen.value === answer ? right : wrong
    })
  }
})()
