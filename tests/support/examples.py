"""A valid study and a valid docket, in which tests change one thing to make them invalid."""

VALID = """\
study: mine
experiments:
  grid:
    purpose: Try it out.
    dataset: [digits]
    hidden: [[32, 32]]
    activation: [relu]
    initialisation: [own]
    objective: [softmax+mse]
    batch_size: [1, 32]
    learning_rates: [0.1]
    seeds: {descriptive: {from: 1, to: 3}}
    budget: {epochs: 20}
"""

GOOD = """\
claims:
  - id: small-is-better
    statement: {en: A batch of 16 is more accurate than one of 256.}
    experiment: [batches, batches-updates]
    metric: test_accuracy
    difference: {of: {batch_size: 16}, minus: {batch_size: 256}}
    contexts: {policy: [fixed_of, fixed_minus, tuned], budget: [epochs, updates]}
    smallest_effect: 1 point
    references: [someone2020]
  - id: deep-is-slower
    statement: {en: Deep is slower.}
    experiment: depths
    metric: epochs_to_accuracy
    threshold: 0.9
    ratio: {of: {depth: 3}, over: {depth: [1, 2]}}
    where: {activation: relu, initialisation: own, objective: softmax+mse, policy: tuned}
    smallest_effect: factor 2
references:
  someone2020: {text: "Someone. Something. 2020.", doi: 10.1000/182}
"""
