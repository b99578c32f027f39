// Search for the words of the pages when people type others: another spelling, a synonym, or a mistake. A compound that
// Korean writers may join is two words there.
;(() => {
  const SPELLINGS = [
    [/\b(why|how|what|is|are|do|does|should|an?|the|to|of|for)\s+(?=\S)/gi, ""], // in questions, found on every page
    [/\b(general|initial|normal|optim|regular)iz/gi, "$1is"],
    [/\bcross\s*entropy\b/gi, "cross-entropy"],
    [/\bxavier\b/gi, "glorot"],
    [/\bkaiming\b/gi, "he initialisation"],
    [/\bdrop\s+out\b/gi, "dropout"],
    [/\bnll\b/gi, "cross-entropy"],
    [/\bchain\s+rule\b/gi, "backpropagation $&"], // the section on it
    [/\bbatch\s*norm\b/gi, "batch normalisation"],
    [/\bmini-?batch/gi, "batch"],
    [/\biterations?\b/gi, "updates"],
    [/\bscaling\s+rule\b/gi, "batch size $&"],
    [/\btwo\s+models\b/gi, "judge runs"],
    [/\bmse\b/gi, "squared error"],
    [/\bsmaller\b/gi, "small"],
    [/\blarger\b/gi, "large"],
    [/\bsecond\s+layer\b/gi, "second hidden layer help"],
    [/\bmany\s+(seeds|runs)\b|\bevery\s+run\b|\bwhich\s+accuracy\b/gi, "anecdote"], // the section on seeds
    [/\bp[\s-]?values?\b/gi, "p-value judge"],
    [/\bnan\b/gi, "diverge"],
    [/^over-?\s*fit(s|ting)?$/gi, "overfitting never seen"], // the section on it
    [/\b(stays?|stuck)\s+at\s+[\d.]+\s*%?/gi, "find learning rate breaks guessing"], // the recipe for a rate
    [/\bsoft\s*max\b/gi, "softmax"],
    [/(?<=^|\s)(어떻게|왜|뭐가|무엇이|어느\s*쪽이?|어떤|더|좀|얼마나|정말|진짜)(\s+|$)/g, ""], // in questions
    [/\s*몇\s*(개|층)/g, ""],
    [/닐슨/g, "Nielsen"],
    [/연쇄\s*법칙/g, "역전파"],
    [/실행(할\s*때)?마다.*/g, "시드 일화"],
    [/가중치\s*0(\s*초기화)?/g, "누적"], // the section on what was not tried
    [/정확도\S*\s+\d+\s*%.*/g, "학습률 찾는 찍는"], // the recipe for a rate
    [/배치\s*크기\S*\s*1(?![\d이])/g, "배치 크기 1이면"], // the worker drops a digit that stands alone
    [/아담/g, "Adam"],
    [/관성/g, "모멘텀"],
    [/최적화/g, "옵티마이저 Adam 모멘텀"],
    [/배치\s*정규화/g, "배치 정규화"],
    [/렐루/g, "ReLU"],
    [/시그모이드/g, "sigmoid"],
    [/소프트맥스/g, "softmax"],
    [/(교차|크로스)\s*엔트로피/g, "교차 엔트로피"],
    [/배치\s*사이즈/g, "배치 크기"],
    [/^(?=.*배치)(?=.*(크|작)).*정확.*$/g, "작은 배치 정확할까"], // the claim on it
    [/러닝\s*레이트/g, "학습률"],
    [/에포크/g, "에폭"],
    [/(?<=학습)율/g, "률"],
    [/활성\s*함수/g, "활성화 함수"],
    [/오버\s*피팅/g, "과적합"],
    [/^과적합(이란)?$/g, "과적합 처음 보는"], // the section on it
    [/드롭\s*아웃/g, "드롭아웃"],
    [
      /(배치)(?=크기)|(활성화|손실)(?=함수)|(기울기)(?=소실)|(죽은)(?=뉴런)|(경사)(?=하강)|(역전파)(?=알고리즘)/g,
      "$& ",
    ],
  ]
  const LAST = {en: "glossary", ko: "용어"} // for a query that nothing resembles

  /** Return a query in the words of the pages. */
  function translate(query) {
    let said = query.normalize("NFC")
    for (const [typed, word] of SPELLINGS) said = said.replace(typed, word)
    // Korean compounds are written without spaces, so terms of two or more syllables are also searched within words.
    return said.trim().replace(/(?<=^|\s)\p{sc=Hangul}{2,}(?=$|\s)/gu, "*$&*")
  }

  /** Return the queries to try, one after another, until one finds something: words that differ in one or two letters. */
  function attempts(query, language) {
    const words = query.match(/[\p{L}\p{N}]+/gu) ?? []
    if (!words.length) return []
    const within = distance => words.map(word => (word.length > 2 * distance ? `${word}~${distance}` : word)).join(" ")
    return [within(1), within(2), LAST[language] ?? LAST.en]
  }

  globalThis.searchWords = {translate, attempts}
  if (!globalThis.Worker) return // in tests

  const [QUERY, RESULT] = [2, 3] // types of messages of the search worker
  globalThis.Worker = class extends globalThis.Worker {
    constructor(url, ...options) {
      super(url, ...options)
      if (!`${url}`.includes("/search")) return // another worker, such as that of the playground
      this.waiting = [] // for each query that has no answer yet, what else to try
      super.addEventListener("message", event => {
        if (event.data.type !== RESULT) return
        const others = this.waiting.shift()
        if (event.data.data.items.length || !others?.length || this.waiting.length) return
        event.stopImmediatePropagation()
        this.ask(others)
      })
    }

    ask([data, ...others]) {
      this.waiting.push(others)
      super.postMessage({type: QUERY, data})
    }

    postMessage(message, ...rest) {
      if (!this.waiting || message.type !== QUERY) return super.postMessage(message, ...rest)
      const query = translate(message.data)
      this.ask([query, ...attempts(query, document.documentElement.lang)])
    }
  }
})()
